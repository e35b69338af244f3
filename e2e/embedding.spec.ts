import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { test as base } from '@playwright/test';
import { serveSite } from '../cli/static.ts';
import { securityHeaders } from '../scripts/headers.mjs';
import { expect } from './app.ts';

const ROOT = join(import.meta.dirname, '..');

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Origins of a page that embeds the app, and of the app, which lets it. */
const test = base.extend<{ origins: { page: string; app: string } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from it
  origins: async ({}, use) => {
    const entryPoints = [join(ROOT, 'src/lib/embed.ts')];
    const made = buildSync({ entryPoints, bundle: true, write: false, format: 'esm' });
    const page = createServer((request, response) => {
      const script = request.url === '/embed.js';
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
      response.end(script ? made.outputFiles[0].text : '<iframe width="1400" height="800">');
    });
    const origin = await listening(page);
    const headers = securityHeaders({ embedders: [origin] });
    const site = { root: join(ROOT, 'dist'), local: new Map<string, string>(), headers };
    const app = createServer(serveSite(site));
    await use({ page: origin, app: await listening(app) });
    for (const server of [page, app]) {
      server.close();
      server.closeAllConnections();
    }
  },
});

test('a page shows volumes in the app and gets the answers', async ({ page, origins }) => {
  await page.goto(origins.page);
  const bytes = [...readFileSync(join(ROOT, 'public/samples/1AON-inf.mrc'))];
  const answers = await page.evaluate(
    async ({ app, bytes: sample }) => {
      const module = './embed.js';
      const { embed } = (await import(module)) as typeof import('../src/lib/embed.ts');
      const { show } = embed(document.querySelector('iframe')!, app);
      const said = (error: Error) => error.message;
      const file = (name: string, content: Uint8Array<ArrayBuffer>) => ({
        name,
        bytes: content.buffer,
      });
      const first = await show({
        network: 'cnn-2-inf',
        volume: file('groel.mrc', new Uint8Array(sample)),
      });
      const noise = Float32Array.from({ length: 64_000 }, (_, i) => Math.sin(i * i));
      const volume = {
        data: noise,
        shape: [40, 40, 40],
        voxelSize: [10, 10, 10],
        origin: [0, 0, 0],
      } as const;
      const second = await show({ volume });
      return {
        first: {
          ...first,
          maps: first.maps.map(({ method, shape, sum }) => ({ method, shape, sum })),
        },
        second: second.volume,
        refused: await show({ volume: file('text.mrc', new Uint8Array([1, 2])) }).catch(said),
        unknown: await show({ network: 'cnn-3' }).catch(said),
      };
    },
    { app: origins.app, bytes },
  );
  expect(answers.first).toMatchObject({ volume: 'groel.mrc', predicted: 1 });
  expect(answers.first.classes).toHaveLength(23);
  expect(answers.first.maps.find(({ method }) => method === 'respond')?.shape).toEqual([5, 5, 5]);
  expect(answers.second).toBe('volume.mrc');
  expect(answers.refused).toMatch(/^text\.mrc: .*accepted/);
  expect(answers.unknown).toMatch(/no network 'cnn-3'; accepted: cnn-/);
  const classes = page.frameLocator('iframe').getByRole('table', { name: 'Classes' });
  await expect(classes.locator('tbody tr')).toHaveCount(23);
});
