import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { basename, dirname, extname, join } from 'node:path';
import send from 'send';
import { CODINGS, COMPRESSED } from '../scripts/compress.mjs';
import { relay } from './relay.ts';

export interface Site {
  /** Folder of the built app. */
  readonly root: string;
  /** URL paths (decoded, beginning with `/local/`) of single files outside `root`, all links followed. */
  readonly local: ReadonlyMap<string, string>;
  /** Hosts, with their ports, whose files are handed on below `/remote/`. */
  readonly remote: ReadonlySet<string>;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The app's own are revalidated each time; what is the user's is kept nowhere. */
const CACHE = { app: 'no-cache', local: 'no-store' } as const;

/**
 * Serves the files of a site, read-only: GET and HEAD, byte ranges, nothing outside `root` but the listed
 * local files and files of the listed hosts, and only to requests addressed to this machine by its loopback name (so that a foreign page
 * cannot reach local files through a rebound DNS name).
 */
export function serveSite(site: Site): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(site.headers)) response.setHeader(name, value);
    answer(site, request, response).catch(() => fail(response, 404));
  };
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    return fail(response, 403);
  }
  const remote = request.url?.startsWith('/remote/');
  if (
    request.method !== 'GET' &&
    request.method !== 'HEAD' &&
    !(remote && request.method === 'OPTIONS')
  ) {
    response.setHeader('Allow', 'GET, HEAD');
    return fail(response, 405);
  }
  if (remote) {
    const refused = await relay(site.remote, request, response);
    if (refused !== null) fail(response, refused);
    return;
  }
  const path = decodedPath(request.url ?? '/');
  if (path === null) return fail(response, 400);
  if (path.startsWith('/local/')) {
    const file = site.local.get(path);
    // Since it was listed, a link may have taken its place.
    if (file === undefined || (await realpath(file)) !== file) return fail(response, 404);
    response.setHeader('Content-Type', extname(file) === '.json' ? JSON_TYPE : BYTES_TYPE);
    return sendFile(request, response, basename(file), dirname(file), CACHE.local);
  }
  const root = await realpath(site.root);
  const name = path.endsWith('/') ? `${path}index.html` : path;
  const file = await realpath(join(root, name));
  if (!file.startsWith(join(root, '/'))) return fail(response, 404);
  sendFile(request, response, coded(request, response, root, name), root, CACHE.app);
}

const JSON_TYPE = COMPRESSED['.json'];
const BYTES_TYPE = 'application/octet-stream';

/** The path of the best compressed copy that a request accepts and that is there, else of the file. */
function coded(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  name: string,
): string {
  const there = CODINGS.filter(({ extension }) => existsSync(join(root, name + extension)));
  if (there.length > 0) response.setHeader('Vary', 'Accept-Encoding');
  const accepted = acceptedCodings(request.headers['accept-encoding'] ?? '');
  // A range is of the file as it is.
  const coding = request.headers.range ? undefined : there.find((c) => accepted.has(c.name));
  if (!coding) return name;
  response.setHeader('Content-Type', COMPRESSED[extname(name)]);
  response.setHeader('Content-Encoding', coding.name);
  return name + coding.extension;
}

/** Names in an `Accept-Encoding` header that are not ruled out by `q=0`. */
export function acceptedCodings(header: string): ReadonlySet<string> {
  const parts = header.split(',').map((part) =>
    part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/),
  );
  return new Set(parts.filter(([, q]) => q === undefined || Number(q) > 0).map(([name]) => name));
}

/** With `ETag`, `Last-Modified`, conditions and ranges. */
function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  root: string,
  cache: string,
): void {
  response.setHeader('Cache-Control', cache);
  send(request, encodeURIComponent(name), { root, dotfiles: 'allow', cacheControl: false })
    .on('error', (error: { status?: number }) => fail(response, error.status ?? 500))
    .on('directory', () => fail(response, 404))
    .pipe(response);
}

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The address is malformed.',
  403: 'This server answers to 127.0.0.1 and localhost only.',
  404: 'There is no such file.',
  405: 'This server only hands out files.',
  416: 'The range lies outside the file.',
  502: 'There is no connection to that host, or it leads to one that is not allowed.',
};

function fail(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  for (const name of ['Content-Encoding', 'ETag', 'Last-Modified']) response.removeHeader(name);
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(`${SENTENCES[status] ?? 'The file could not be read.'}\n`);
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
