import { mkdtempSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compressBelow } from '../scripts/compress.mjs';
import { securityHeaders } from '../scripts/headers.mjs';
import { localFiles } from './local-files.ts';
import { acceptedCodings, serveSite } from './static.ts';

let folder: string;
let server: Server;
/** Another host, and what it was asked. */
let elsewhere: Server;
let host: string;
const asked: unknown[] = [];
let port: number;
/** Where the local files are, up to and without `/volume` or `/model`. */
let place: string;
const SCRIPT = 'export const answer = 42;\n'.repeat(200);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'respond-cam-'));
  const dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'net'));
  writeFileSync(join(dist, 'index.html'), '<!doctype html>app');
  writeFileSync(join(dist, 'assets', 'a.wasm'), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  writeFileSync(join(dist, 'assets', 'app.js'), SCRIPT);
  compressBelow(dist);
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
  const { files, query } = await localFiles(
    join(folder, 'my volume #1.map'),
    join(folder, 'net/model.json'),
  );
  place = query.get('volume')!.replace(/\/volume.*/, '');
  elsewhere = createServer(({ url, headers }, response) => {
    asked.push({ url, cookie: headers.cookie, range: headers.range });
    if (url === '/away') response.writeHead(302, { Location: 'http://127.0.0.1:1/x' }).end();
    else
      response
        .writeHead(206, { 'Content-Type': 'text/html', 'Content-Range': 'bytes 2-3/9' })
        .end('<b');
  });
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  const other = elsewhere.address();
  host = `127.0.0.1:${typeof other === 'object' && other ? other.port : 0}`;
  const remote = new Set([host]);
  server = createServer(
    serveSite({ root: dist, local: files, remote, headers: securityHeaders() }),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterAll(() => {
  server.close();
  elsewhere.close();
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

test('scripts come compressed to who takes that, a range of them as they are', async () => {
  const path = '/assets/app.js';
  const plain = await get(path);
  expect(plain.body).toBe(SCRIPT);
  expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
  const etags = new Set([plain.headers.etag]);
  for (const [accept, coding, unpack] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const) {
    const packed = await get(path, { 'accept-encoding': accept });
    expect(packed.headers).toMatchObject({
      'content-encoding': coding,
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'Accept-Encoding',
    });
    expect(unpack(Buffer.from(packed.body, 'latin1')).toString()).toBe(SCRIPT);
    etags.add(packed.headers.etag);
    const again = { 'accept-encoding': accept, 'if-none-match': String(packed.headers.etag) };
    expect(await get(path, again)).toMatchObject({ status: 304, body: '' });
  }
  expect(etags.size).toBe(3);
  const part = await get(path, { 'accept-encoding': 'br', range: 'bytes=0-5' });
  expect(part).toMatchObject({ status: 206, body: 'export' });
  expect(part.headers['content-encoding']).toBeUndefined();
  expect(acceptedCodings('gzip;q=0.5, br; q=0, x')).toEqual(new Set(['gzip', 'x']));
});

test('local files are handed out under a secret, as bytes, uncached, and only those', async () => {
  const volume = await get(`${place}/volume/my%20volume%20%231.map`);
  expect(volume).toMatchObject({ status: 200, body: 'density' });
  expect(volume.headers['content-type']).toBe('application/octet-stream');
  expect(volume.headers['cache-control']).toBe('no-store');
  expect(place).toMatch(/^\/local\/[\w-]{22}$/);
  expect((await get(`${place}/model/model.json`)).status).toBe(200);
  expect((await get(`${place}/model/w%232%2050%25.bin`)).body).toBe('22');
  expect((await get('/local/secret.txt')).status).toBe(404);
  expect((await get(`${place}/secret.txt`)).status).toBe(404);
  expect((await get('/local/model/model.json')).status).toBe(404);
  expect((await get('/local/AAAAAAAAAAAAAAAAAAAAAA/model/model.json')).status).toBe(404);
});

test('a link that takes the place of a local file later is not followed', async () => {
  const file = join(folder, 'net/shard1.bin');
  renameSync(file, `${file}.kept`);
  symlinkSync(join(folder, 'secret.txt'), file);
  expect((await get(`${place}/model/shard1.bin`)).status).toBe(404);
  renameSync(`${file}.kept`, file);
  expect((await get(`${place}/model/shard1.bin`)).body).toBe('1');
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
  const range = async (text: string) => (await get('/assets/a.wasm', { range: text })).body;
  expect(await range('bytes=-3')).toBe('\x07\x08\x09');
  expect(await range('bytes=8-99')).toBe('\x08\x09');
  expect(await range('bytes=0-1,3-4')).toHaveLength(10);
  const local = await get(`${place}/volume/my%20volume%20%231.map`, { range: 'bytes=1-3' });
  expect(local).toMatchObject({ status: 206, body: 'ens' });
});

test('the address names for the app what to open, named as `explain` takes it', async () => {
  const { query } = await localFiles(join(folder, 'my volume #1.map'), 'cnn-2-inf');
  expect(query.get('volume')).toMatch(/^\/local\/[\w-]+\/volume\/my%20volume%20%231\.map$/);
  expect(query.get('model')).toBe('cnn-2-inf');
  const own = await localFiles(undefined, join(folder, 'net'));
  expect(own.query.get('model')).toMatch(/^\/local\/[\w-]+\/model\/model\.json$/);
  expect([...own.files.keys()].map((path) => basename(path))).toContain('shard1.bin');
  const graph = join(folder, 'net', 'graph.json');
  const weightsManifest = [{ paths: ['shard1.bin'], weights: [] }];
  writeFileSync(
    graph,
    JSON.stringify({ format: 'graph-model', modelTopology: { node: [] }, weightsManifest }),
  );
  const { files } = await localFiles(undefined, graph);
  expect([...files.keys()].map((path) => basename(path))).toEqual(['graph.json', 'shard1.bin']);
  await expect(localFiles(undefined, 'cnn-3')).rejects.toThrow(
    'cnn-3: there is no such network; accepted: cnn-1-0.1, cnn-1-inf, cnn-2-0.1, cnn-2-inf, cnn-2-real, or the path',
  );
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

test('files of hosts that are allowed are handed on, and of no others', async () => {
  const sent = { range: 'bytes=2-3', cookie: 'secret=1' };
  const { status, headers, body } = await get(`/remote/http/${host}/a%20b/c.mrc?x=1`, sent);
  expect({ status, body }).toEqual({ status: 206, body: '<b' });
  expect(headers).toMatchObject({
    'content-range': 'bytes 2-3/9',
    // A page from there is no page of this origin.
    'content-type': 'application/octet-stream',
  });
  expect(asked).toEqual([{ url: '/a%20b/c.mrc?x=1', cookie: undefined, range: 'bytes=2-3' }]);
  const statusOf = async (path: string, more = {}) => (await get(path, more)).status;
  expect(await statusOf(`/remote/http/${host}/away`)).toBe(502);
  expect(await statusOf('/remote/http/127.0.0.1:1/x')).toBe(404);
  expect(await statusOf(`/remote/file/${host}/x`)).toBe(404);
  expect(await statusOf(`/remote/http/${host}@evil.test/x`)).toBe(404);
  const foreign = { 'sec-fetch-site': 'cross-site' };
  expect(await statusOf(`/remote/http/${host}/x`, foreign)).toBe(403);
});
