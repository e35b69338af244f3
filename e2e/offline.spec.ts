import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { serveSite } from '../cli/static.ts';
import { securityHeaders } from '../scripts/headers.mjs';
import { classRows, expect } from './app.ts';

const DIST = join(import.meta.dirname, '..', 'dist');

/** A server of the built app that a test can take away. */
const test = base.extend<{ server: Server; origin: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from it
  server: async ({}, use) => {
    const site = { root: DIST, local: new Map<string, string>(), headers: securityHeaders() };
    const server = createServer(serveSite(site));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await use(server);
    stop(server);
  },
  origin: async ({ server }, use) => {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  },
});
test.use({ serviceWorkers: 'allow' });
test.setTimeout(240_000);

function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** Loads the app until it says that it works offline; gives the first row of the class table. */
async function visit(page: Page, origin: string): Promise<string | null> {
  await page.goto(origin);
  await expect(classRows(page)).toHaveCount(23);
  await expect(page.getByRole('button', { name: 'Works offline' })).toBeVisible({
    timeout: 90_000,
  });
  return classRows(page).first().textContent();
}

test('opens and explains without a server after one visit', async ({
  page,
  context,
  server,
  origin,
}) => {
  await page.goto(`${origin}/favicon.svg`);
  await page.evaluate(() => caches.open('respond-cam data of an older version'));
  const before = await visit(page, origin);
  const names = await page.evaluate(() => caches.keys());
  expect(names.map((name) => name.replace(/\w{16}$/, 'VERSION')).sort()).toEqual([
    'respond-cam data VERSION',
    'respond-cam shell VERSION',
  ]);

  stop(server);
  await context.setOffline(true);
  await page.reload();
  await expect(classRows(page)).toHaveCount(23);
  expect(await classRows(page).first().textContent()).toBe(before);
  // The threads of the wasm kernels need it.
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('fetches a damaged weight file again', async ({ page, origin }) => {
  const before = await visit(page, origin);
  const sizes = () =>
    page.evaluate(async () => {
      const name = (await caches.keys()).find((one) => one.includes('data')) ?? '';
      const cache = await caches.open(name);
      const found = (await cache.keys()).filter(({ url }) => url.endsWith('.bin'));
      const blobs = found.map(async (key) => (await cache.match(key))?.blob());
      return (await Promise.all(blobs)).map((blob) => blob?.size ?? 0).sort((a, b) => a - b);
    });
  const intact = await sizes();
  expect(intact.length).toBeGreaterThan(0);
  await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes('data')) ?? '';
    const cache = await caches.open(name);
    const [key] = (await cache.keys()).filter(({ url }) => url.endsWith('.bin'));
    await cache.put(key, new Response(new Uint8Array(1000)));
  });
  expect(await sizes()).not.toEqual(intact);
  await page.reload();
  await expect(classRows(page)).toHaveCount(23);
  expect(await classRows(page).first().textContent()).toBe(before);
  await expect.poll(sizes, { timeout: 60_000 }).toEqual(intact);
});

test('fetches a weight file again whose bytes were changed', async ({ page, origin }) => {
  const before = await visit(page, origin);
  await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes('data')) ?? '';
    const cache = await caches.open(name);
    for (const key of (await cache.keys()).filter(({ url }) => url.endsWith('.bin'))) {
      const response = await cache.match(key);
      const bytes = new Uint8Array(await response!.arrayBuffer()).fill(7, 1000, 200_000);
      await cache.put(key, new Response(bytes, { headers: response!.headers }));
    }
  });
  await page.reload();
  await expect(classRows(page)).toHaveCount(23);
  expect(await classRows(page).first().textContent()).toBe(before);
});

test('works on when the connection answers everything with a page of its own', async ({
  page,
  server,
  origin,
}) => {
  const before = await visit(page, origin);
  server.removeAllListeners('request');
  server.on('request', (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>'),
  );
  for (let visits = 0; visits < 2; visits++) {
    await page.reload();
    await expect(classRows(page)).toHaveCount(23);
    expect(await classRows(page).first().textContent()).toBe(before);
  }
  const network = page.getByRole('combobox', { name: /^Network/ });
  await network.click();
  await expect(page.getByRole('option', { name: 'CNN-1, noise-free' })).toBeVisible();
});
