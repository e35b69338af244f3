import { spawnSync } from 'node:child_process';
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

/** A module as a page loads it. */
const bundled = (contents: string) =>
  buildSync({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'respond-cam/react': join(ROOT, 'src/lib/react.tsx') },
  }).outputFiles[0].text;

const notebook = () => readFileSync(join(ROOT, 'examples/jupyter/respond_cam.py'), 'utf8');

/** What pages load, by address. */
const SCRIPTS: Readonly<Partial<Record<string, () => string>>> = {
  '/embed.js': () => bundled("export * from './src/lib/embed.ts'"),
  '/react.js': () =>
    bundled(`import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      import { App } from './examples/react/App.jsx';
      export const show = (at, given) => createRoot(at).render(createElement(App, given));`),
  '/widget.js': () => /FRONT_END = """(.*?)"""/s.exec(notebook())?.[1] ?? '',
};

/** Origins of a page that embeds the app, and of the app, which lets it. */
const test = base.extend<{ origins: { page: string; app: string } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from it
  origins: async ({}, use) => {
    const page = createServer((request, response) => {
      const script = SCRIPTS[request.url ?? ''];
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
      response.end(script ? script() : '<iframe width="1400" height="800"></iframe><div></div>');
    });
    const origin = await listening(page);
    const headers = securityHeaders({ embedders: [origin] });
    const site = {
      root: join(ROOT, 'dist'),
      local: new Map<string, string>(),
      remote: new Set<string>(),
      headers,
    };
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

const sample = [...readFileSync(join(ROOT, 'public/samples/1AON-inf.mrc'))];

test('the notebook widget hands the answer and the maps to its model', async ({
  page,
  origins,
}) => {
  await page.goto(origins.page);
  const state = await page.evaluate(
    async ({ app, bytes }) => {
      const module = './widget.js';
      const { default: widget } = await import(module);
      const values: Record<string, unknown> = { app, height: 600, name: 'a.mrc', network: '' };
      // What the notebook sends is a part of a larger buffer.
      values.file = new DataView(new Uint8Array([0, 0, ...bytes]).buffer, 2);
      return new Promise<Record<string, unknown>>((done) => {
        const model = {
          get: (name: string) => values[name],
          set: (name: string, value: unknown) => {
            values[name] = value;
          },
          on: () => {},
          save_changes: () => values.answer && done({ ...values, file: null }),
        };
        widget.render({ model, el: document.querySelector('div') });
      });
    },
    { app: origins.app, bytes: sample },
  );
  expect(state).toMatchObject({ failure: '', answer: { volume: 'a.mrc', predicted: 1 } });
  const { maps } = state.answer as { maps: { method: string; shape: number[] }[] };
  expect(maps).toContainEqual(expect.objectContaining({ method: 'respond', shape: [5, 5, 5] }));
  expect(state._data).toHaveLength(maps.length);
});

const PYTHON = `
import sys
import numpy as np
from respond_cam import RespondCam

volume = np.fromfile('../../public/samples/1AON-inf.mrc', '<f4', offset=1024).reshape(40, 40, 40)
print(RespondCam(volume, voxel_size=10, network=sys.argv[2], app=sys.argv[1])._repr_html_())
`;

/** What a cell of a notebook puts on the page. */
function cell(app: string, network: string): string {
  const cwd = join(ROOT, 'examples/jupyter');
  const args = ['-B', '-c', PYTHON, app, network];
  const { status, stdout, stderr } = spawnSync('python3', args, { cwd, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

test('a cell of a notebook shows a numpy volume, and says why a network is refused', async ({
  page,
  origins,
}) => {
  const { status } = spawnSync('python3', ['-c', 'import numpy']);
  test.skip(status !== 0, 'python3 has no numpy');
  await page.goto(origins.page);
  await page.setContent(cell(origins.app, 'cnn-2-inf'));
  const app = page.frameLocator('iframe');
  await expect(app.getByText(/GroEL-GroES-ADP7/).first()).toBeVisible();
  await expect(app.getByText(/10 Å|1 nm/).first()).toBeVisible();
  await page.setContent(cell(origins.app, 'cnn-3'));
  await expect(page.locator('p')).toHaveText(/no network 'cnn-3'; accepted: cnn-/);
});

test('the React component shows a volume and says the answer', async ({ page, origins }) => {
  await page.goto(origins.page);
  await page.evaluate(
    async ({ app, bytes }) => {
      const module = './react.js';
      const { show } = await import(module);
      const volume = { name: 'a.mrc', bytes: new Uint8Array(bytes).buffer };
      show(document.querySelector('div'), { app, volume });
    },
    { app: origins.app, bytes: sample },
  );
  await expect(page.locator('p')).toHaveText('GroEL-GroES-ADP7 (1AON)');
});
