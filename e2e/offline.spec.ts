import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
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
    const files = { local: new Map<string, string>(), remote: new Set<string>() };
    const site = { root: DIST, ...files, headers: securityHeaders() };
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

test('after one visit it works without a server, with one that is not its own, and with damaged copies', async ({
  page,
  context,
  server,
  origin,
}) => {
  await page.goto(`${origin}/favicon.svg`);
  await page.evaluate(() => caches.open('respond-cam data of an older version'));
  const before = await visit(page, origin);
  const explained = async () => {
    await expect(classRows(page)).toHaveCount(23);
    expect(await classRows(page).first().textContent()).toBe(before);
  };
  const names = await page.evaluate(() => caches.keys());
  expect(names.map((name) => name.replace(/\w{16}$/, 'VERSION')).sort()).toEqual([
    'respond-cam data VERSION',
    'respond-cam shell VERSION',
  ]);

  /** Puts something else in place of the copies of weights. */
  const damage = (harm: 'truncated' | 'overwritten') =>
    page.evaluate(async (harm) => {
      const name = (await caches.keys()).find((one) => one.includes('data')) ?? '';
      const cache = await caches.open(name);
      for (const key of (await cache.keys()).filter(({ url }) => url.endsWith('.bin'))) {
        const { headers, bytes } = await cache
          .match(key)
          .then(async (found) => ({ headers: found!.headers, bytes: await found!.bytes() }));
        const copy = harm === 'truncated' ? bytes.slice(0, 1000) : bytes.fill(7, 1000, 200_000);
        await cache.put(key, new Response(copy, { headers }));
      }
    }, harm);
  /** Size of every copy, and whether it holds what {@link damage} wrote. */
  const copies = () =>
    page.evaluate(async () => {
      const name = (await caches.keys()).find((one) => one.includes('data')) ?? '';
      const cache = await caches.open(name);
      const found = (await cache.keys()).filter(({ url }) => url.endsWith('.bin'));
      const bytes = await Promise.all(
        found.map(async (key) => (await cache.match(key))?.bytes() ?? new Uint8Array()),
      );
      return bytes
        .map((one) => `${one.length} ${one.slice(1000, 1100).every((b) => b === 7)}`)
        .sort();
    });
  const intact = await copies();
  expect(intact.length).toBeGreaterThan(0);

  for (const harm of ['truncated', 'overwritten'] as const) {
    await test.step(`a weight file that was ${harm} is fetched again`, async () => {
      await damage(harm);
      expect(await copies()).not.toEqual(intact);
      await page.reload();
      await explained();
      await expect.poll(copies, { timeout: 60_000 }).toEqual(intact);
    });
  }

  await test.step('a connection that answers everything with a page of its own', async () => {
    const [site] = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>'),
    );
    for (let visits = 0; visits < 2; visits++) {
      await page.reload();
      await explained();
    }
    const network = page.getByRole('combobox', { name: /^Network/ });
    await network.click();
    await expect(page.getByRole('option', { name: 'CNN-1, noise-free' })).toBeVisible();
    server.removeAllListeners('request').on('request', site as RequestListener);
  });

  await test.step('no server at all', async () => {
    stop(server);
    await context.setOffline(true);
    await page.reload();
    await explained();
    // The threads of the wasm kernels need it.
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });
});
