import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, resolve, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface Site {
  /** Folder of the built app. */
  readonly root: string;
  /** URL paths (decoded, beginning with `/local/`) of single files outside `root`. */
  readonly local: ReadonlyMap<string, string>;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves the files of a site, read-only: GET and HEAD, single byte ranges, nothing outside `root`
 * but the listed local files, and only to requests addressed to this machine by its loopback name
 * (so that a foreign page cannot reach local files through a rebound DNS name).
 */
export function serveSite(site: Site): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(site.headers)) response.setHeader(name, value);
    answer(site, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else fail(response, 500, 'The file could not be read.');
    });
  };
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    return fail(response, 403, 'This server answers to 127.0.0.1 and localhost only.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return fail(response, 405, 'This server only hands out files.');
  }
  const path = decodedPath(request.url ?? '/');
  if (path === null) return fail(response, 400, 'The address is malformed.');
  const file = await fileOf(site, path);
  if (file === null) return fail(response, 404, 'There is no such file.');

  const { size } = await stat(file);
  const isLocal = path.startsWith('/local/');
  const type = TYPES[extname(file).toLowerCase()];
  // a .map of the app is a source map, a local .map is a density
  const known = type && !(isLocal && !file.endsWith('.json')) ? type : 'application/octet-stream';
  response.setHeader('Content-Type', known);
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('Accept-Ranges', 'bytes');
  const range = rangeOf(request.headers.range, size);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${size}`);
    return fail(response, 416, 'The range lies outside the file.');
  }
  const [start, end] = range ?? [0, size - 1];
  response.statusCode = range ? 206 : 200;
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.setHeader('Content-Length', end - start + 1);
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  createReadStream(file, { start, end })
    .on('error', () => response.destroy())
    .pipe(response);
}

function fail(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${sentence}\n`);
}

/** The path without query, percent-decoded; null when that is impossible. */
function decodedPath(url: string): string | null {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, ''));
    return path.startsWith('/') && !path.includes('\0') ? path : null;
  } catch {
    return null;
  }
}

/** The file behind a path, null when there is none or it lies outside the site. */
async function fileOf(site: Site, path: string): Promise<string | null> {
  const local = site.local.get(path);
  if (local !== undefined) return local;
  try {
    const root = await realpath(site.root);
    const name = path.endsWith('/') ? `${path}index.html` : path;
    const file = await realpath(resolve(root, `.${name}`));
    const inside = file.startsWith(root + sep);
    return inside && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** `[start, end]` of a single byte range; null for none or several (the whole file is allowed then). */
export function rangeOf(
  header: string | undefined,
  size: number,
): readonly [number, number] | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] === '') {
    const length = Math.min(size, Number(match[2]));
    return length === 0 ? 'unsatisfiable' : [size - length, size - 1];
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start >= size || start > end ? 'unsatisfiable' : [start, end];
}
