import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Serves folders under prefixes and single texts, isolated so that wasm threads work. */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const [, prefix, ...rest] = path.split('/');
    const send = (status: number, body: Uint8Array | string) =>
      response
        .writeHead(status, {
          'Content-Type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream',
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
        })
        .end(body);
    if (path in texts) return void send(200, texts[path]);
    const file = folders[prefix] && join(folders[prefix], normalize(`/${rest.join('/')}`));
    if (!file) return void send(404, '');
    readFile(file).then(
      (body) => send(200, body),
      () => send(404, ''),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
