import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { serveSite } from '../cli/static.ts';
import { root } from '../scripts/setup.mjs';

/** One network is enough here, and no second form of each file: packing takes most of the time. */
const LEFT_OUT = /[\\/]dist[\\/](models[\\/](?!cnn-2-inf|index\.json).|.*\.(br|gz)$)/;

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'respond-cam-package-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd: string) {
  const { npm_lifecycle_event: _, npm_package_json: _json, INIT_CWD: _cwd, ...env } = process.env;
  const shell = process.platform === 'win32';
  const done = spawnSync(command, args, { cwd, env, shell, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(done.status, done.stderr).toBe(0);
  return done.stdout;
}

test('the package works where nothing else is installed, and without a connection', async ({
  page,
}) => {
  run(process.execPath, [join(root, 'scripts/package/main.mjs'), '--without-types'], root);
  const { files: shipped } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const staged = join(folder, 'staged');
  // What starts with ! is left out of the files named before it.
  const named = shipped.filter((name: string) => !name.startsWith('!'));
  for (const name of ['package.json', 'README.md', 'LICENSE', ...named]) {
    const filter = (path: string) => !LEFT_OUT.test(path);
    cpSync(join(root, name), join(staged, name), { recursive: true, filter });
  }
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], staged);

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const tarball = join(folder, `respond-cam-${version}.tgz`);
  const place = join(folder, 'place');
  run('npm', ['install', '--offline', '--prefix', place, tarball], folder);
  const bin = join(place, 'node_modules/respond-cam/scripts/respond-cam.mjs');
  const volume = join(root, 'public/samples/1AON-inf.mrc');
  const asked = ['explain', volume, '--model', 'cnn-2-inf', '--class', 'top', '--json'];
  const { backend, predicted } = JSON.parse(run(process.execPath, [bin, ...asked], folder));
  expect([backend, predicted]).toEqual(['wasm', 1]);
  const simulated = ['simulate', '--class', '1AON', '--snr', 'inf', '--n', '1', '--seed', '1'];
  run(process.execPath, [bin, ...simulated, '--out', join(folder, 'simulated')], folder);

  // The examples, as a user has them beside the package.
  const script = join(place, 'explain.mjs');
  copyFileSync(join(root, 'examples/node/explain.mjs'), script);
  expect(run(process.execPath, [script, volume], place)).toMatch(/^class 1, score [\d.]+\nsums/);
  expect(readFileSync(join(place, 'respond.mrc'))).toHaveLength(1024 + 4 * 40 ** 3);
  copyFileSync(join(root, 'examples/page/index.html'), join(place, 'index.html'));
  const files = createServer(
    serveSite({ root: place, local: new Map(), remote: new Set<string>(), headers: {} }),
  );
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
  await expect(page.getByText(/^Class 1; .* The app says .*GroEL/)).toBeVisible({
    timeout: 60_000,
  });
  files.close();
  files.closeAllConnections();

  const server = spawn(process.execPath, [bin, 'serve', '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const said = await new Promise((resolve) => server.stdout.once('data', resolve));
    const [address] = String(said).match(/http:\S+/) ?? [];
    const page = await fetch(address!);
    expect(await page.text()).toContain('<title>Respond-CAM</title>');
    expect((await fetch(new URL('models/cnn-2-inf/model.json', address))).status).toBe(200);
  } finally {
    server.kill();
  }
});
