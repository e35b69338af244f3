import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { serveSite } from '../cli/static.ts';
import { classRows, expect } from './app.ts';

const FOLDER = '/some/path';
const DIST = join(import.meta.dirname, '..', 'dist');
/** As a server of static files that knows nothing about the app: no headers of its own, files below a folder. */
const site = serveSite({ root: DIST, local: new Map(), remote: new Set<string>(), headers: {} });
const answer = (request: IncomingMessage, response: ServerResponse) => {
  const url = request.url ?? '';
  if (!url.startsWith(`${FOLDER}/`)) return void response.writeHead(404).end();
  request.url = url.slice(FOLDER.length);
  site(request, response);
};

const test = base.extend<{ address: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from it
  address: async ({}, use) => {
    const server: Server = createServer(answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}${FOLDER}/`);
    server.close();
    server.closeAllConnections();
  },
});
test.use({ serviceWorkers: 'allow' });

test('works below a path of a server without headers: at first on one thread, then on all', async ({
  page,
  address,
}) => {
  const missing: string[] = [];
  page.on('response', (response) => response.status() >= 400 && missing.push(response.url()));
  await page.goto(address);
  await expect(classRows(page)).toHaveCount(23);
  const first = await classRows(page).first().textContent();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(page.getByText('One processor core computes')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => crossOriginIsolated);
  await expect(classRows(page)).toHaveCount(23);
  expect(await classRows(page).first().textContent()).toBe(first);
  expect(missing).toEqual([]);
});

test('the code and styles of the first load are below 900 kB, and 300 kB as they are sent', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const files = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file);
  expect(files.filter((file) => file.endsWith('.js'))).toHaveLength(2);
  const sum = (ending: string) =>
    ['index.html', ...files].reduce(
      (bytes, file) => bytes + statSync(join(DIST, file + ending)).size,
      0,
    );
  expect(sum('')).toBeLessThan(900_000);
  expect(sum('.br')).toBeLessThan(300_000);
});
