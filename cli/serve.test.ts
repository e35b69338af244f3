import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { securityHeaders } from '../scripts/headers.mjs';
import { localFiles } from './local-files.ts';
import { rangeOf, serveSite } from './static.ts';

let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respond-cam-'));
  const dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'net'));
  writeFileSync(join(dist, 'index.html'), '<!doctype html>app');
  writeFileSync(join(dist, 'assets', 'a.wasm'), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'link.txt'));
  writeFileSync(join(folder, 'my volume #1.map'), 'density');
  const manifest = [{ paths: ['shard1.bin', 'w#2 50%.bin'], weights: [] }];
  writeFileSync(
    join(folder, 'net/model.json'),
    JSON.stringify({ modelTopology: {}, weightsManifest: manifest }),
  );
  writeFileSync(join(folder, 'net/shard1.bin'), '1');
  writeFileSync(join(folder, 'net/w#2 50%.bin'), '22');
  const { files } = await localFiles(
    join(folder, 'my volume #1.map'),
    join(folder, 'net/model.json'),
  );
  server = createServer(serveSite({ root: dist, local: files, headers: securityHeaders() }));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A raw request: the path goes out as it is, `..` included. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString('latin1'),
        }),
      );
    });
    sent.on('error', reject).end();
  });
}

test('the app comes with isolation headers and right types', async () => {
  const page = await get('/?volume=x');
  expect(page).toMatchObject({ status: 200, body: '<!doctype html>app' });
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'x-content-type-options': 'nosniff',
  });
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  expect((await get('/assets/a.wasm')).headers['content-type']).toBe('application/wasm');
});

test('local files are handed out under /local/, as bytes, and only those', async () => {
  const volume = await get('/local/volume/my%20volume%20%231.map');
  expect(volume).toMatchObject({ status: 200, body: 'density' });
  expect(volume.headers['content-type']).toBe('application/octet-stream');
  expect((await get('/local/model/model.json')).status).toBe(200);
  expect((await get('/local/model/w%232%2050%25.bin')).body).toBe('22');
  expect((await get('/local/secret.txt')).status).toBe(404);
});

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/local/volume/../../../secret.txt',
  '//etc/passwd',
  '/link.txt',
  '/assets',
  '/assets/',
  '/none.js',
])('%s leads nowhere', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404 });
});

test('malformed addresses, other methods and other hosts are refused', async () => {
  expect((await get('/%zz')).status).toBe(400);
  expect((await get('/a%00b')).status).toBe(400);
  expect((await get('/', {}, 'POST')).status).toBe(405);
  expect((await get('/', { host: 'evil.example' })).status).toBe(403);
  expect((await get('/', { host: `localhost:${port}` })).status).toBe(200);
});

test('byte ranges', async () => {
  const part = await get('/assets/a.wasm', { range: 'bytes=2-4' });
  expect(part).toMatchObject({ status: 206, body: '\x02\x03\x04' });
  expect(part.headers['content-range']).toBe('bytes 2-4/10');
  expect((await get('/assets/a.wasm', { range: 'bytes=50-' })).status).toBe(416);
  expect((await get('/assets/a.wasm', {}, 'HEAD')).headers['content-length']).toBe('10');
  expect(rangeOf('bytes=-3', 10)).toEqual([7, 9]);
  expect(rangeOf('bytes=8-99', 10)).toEqual([8, 9]);
  expect(rangeOf('bytes=4-2', 10)).toBe('unsatisfiable');
  expect(rangeOf('bytes=0-1,3-4', 10)).toBeNull();
  expect(rangeOf(undefined, 10)).toBeNull();
});

test('the address tells the app what to open', async () => {
  const { query } = await localFiles(join(folder, 'my volume #1.map'), 'cnn-2-inf');
  expect(query.get('volume')).toBe('/local/volume/my%20volume%20%231.map');
  expect(query.get('model')).toBe('cnn-2-inf');
});

test('weights outside the folder of the network are refused', async () => {
  const path = join(folder, 'net', 'sly.json');
  const list = (file: string) => ({
    modelTopology: {},
    weightsManifest: [{ paths: [file], weights: [] }],
  });
  writeFileSync(path, JSON.stringify(list('../secret.txt')));
  await expect(localFiles(undefined, path)).rejects.toThrow(/outside its folder/);
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'net', 'link.bin'));
  writeFileSync(path, JSON.stringify(list('link.bin')));
  await expect(localFiles(undefined, path)).rejects.toThrow(/a link that leads out of its folder/);
});
