/** A file of a bundled network as built: where it is, how long, and the SHA-256 of its bytes in hex. */
export interface NetworkFile {
  /** Relative to the page, e.g. `models/cnn-2-inf/weights.bin`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a build consists of; written into the service worker by `scripts/offline.mjs`. */
export interface BuildPlan {
  /** Changes with every file of the app and every network. */
  readonly version: string;
  /** Paths of page, scripts, styles and wasm. */
  readonly shell: readonly string[];
  readonly networks: readonly NetworkFile[];
}

/**
 * How a request is answered: `shell` from the cache, as its name holds a hash; `old`, a part of an earlier
 * build that a page still open asks for, from that build's cache; `page` and `fresh` from the server, from
 * the cache when the server does not answer or answers something else; `network` from the cache once all
 * files of that network are there; `pass` is none of our business.
 */
export type Route = 'shell' | 'old' | 'page' | 'fresh' | 'network' | 'pass';

/** Files of the machine that `respond-cam serve` hands out are not kept. */
const NOT_KEPT = /^(local\/|remote\/|sw\.js$)/;

export function routeOf(
  request: Pick<Request, 'url' | 'method' | 'mode'> & { readonly ranged: boolean },
  scope: string,
  plan: BuildPlan,
): Route {
  const path = pathIn(request.url, scope);
  if (request.method !== 'GET' || request.ranged || path === null || NOT_KEPT.test(path))
    return 'pass';
  if (request.mode === 'navigate') return 'page';
  if (path.startsWith('assets/')) return plan.shell.includes(path) ? 'shell' : 'old';
  return plan.networks.some((file) => file.path === path) ? 'network' : 'fresh';
}

/** Path below the scope without query and fragment; null for another origin or folder. */
export function pathIn(url: string, scope: string): string | null {
  const { origin, pathname } = new URL(url);
  const { origin: own, pathname: base } = new URL(scope);
  if (origin !== own || !pathname.startsWith(base)) return null;
  return decodeURIComponent(pathname.slice(base.length));
}

/**
 * Whether an answer can be the file at `path`, and not the page by which a network asks to sign in or a
 * server says that there is none. The page itself names the scripts of its build.
 */
export async function isGenuine(
  path: string,
  response: Pick<Response, 'ok' | 'redirected' | 'url' | 'headers' | 'clone'>,
  scope: string,
): Promise<boolean> {
  if (!response.ok || (response.redirected && pathIn(response.url, scope) === null)) return false;
  const type = response.headers.get('content-type') ?? '';
  if (path === '' || path === './') {
    return type.includes('html') && /src="[^"]*assets\//.test(await response.clone().text());
  }
  if (!path.endsWith('.json')) return !type.includes('html');
  const found: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return typeof found === 'object' && found !== null;
}

/** What makes a page cross-origin isolated, which threads need; see `scripts/headers.mjs`. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** A page or script with the headers of isolation, which servers of static files often cannot send. */
export function isolated(response: Response): Response {
  const missing = Object.entries(ISOLATION).filter(([name]) => !response.headers.has(name));
  // What is passed on unread may not be made again.
  if (missing.length === 0 || response.type === 'opaqueredirect' || response.type === 'error')
    return response;
  const { status, statusText, body } = response;
  const headers = new Headers([...response.headers, ...missing]);
  return new Response(NO_BODY.has(status) ? null : body, { status, statusText, headers });
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Old caches that may go: all data, and the shells but for the last two, whose pages may be open. */
export function outdated(names: readonly string[], current: readonly string[]): string[] {
  const old = names.filter((name) => !current.includes(name));
  const shells = old.filter((name) => name.includes(' shell '));
  return old.filter((name) => !shells.slice(-2).includes(name));
}

/** The files of the network whose `model.json` is at `path`; they are only good together. */
export function networkOf(path: string, plan: BuildPlan): readonly NetworkFile[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return plan.networks.filter((file) => file.path.startsWith(folder));
}

/** Cached files, oldest first, that have to go so that the rest takes at most `limit` bytes. */
export function surplus<T extends { readonly bytes: number; readonly needed: boolean }>(
  files: readonly T[],
  limit: number,
): T[] {
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const gone: T[] = [];
  for (const file of files) {
    if (total <= limit) break;
    if (file.needed) continue;
    gone.push(file);
    total -= file.bytes;
  }
  return gone;
}
