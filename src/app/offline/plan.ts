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
 * How a request is answered: `shell` from the cache, as its name holds a hash; `page` and `fresh` from the
 * server, from the cache only when the server does not answer; `network` from the cache once all files of
 * that network are there; `pass` is none of our business.
 */
export type Route = 'shell' | 'page' | 'fresh' | 'network' | 'pass';

/** Files of the machine that `respond-cam serve` hands out are not kept. */
const NOT_KEPT = /^(local\/|sw\.js$)/;

export function routeOf(
  request: Pick<Request, 'url' | 'method' | 'mode'> & { readonly ranged: boolean },
  scope: string,
  plan: BuildPlan,
): Route {
  const path = pathIn(request.url, scope);
  if (request.method !== 'GET' || request.ranged || path === null || NOT_KEPT.test(path))
    return 'pass';
  if (request.mode === 'navigate') return 'page';
  if (path.startsWith('assets/') && plan.shell.includes(path)) return 'shell';
  return plan.networks.some((file) => file.path === path) ? 'network' : 'fresh';
}

/** Path below the scope without query and fragment; null for another origin or folder. */
export function pathIn(url: string, scope: string): string | null {
  const { origin, pathname } = new URL(url);
  const { origin: own, pathname: base } = new URL(scope);
  if (origin !== own || !pathname.startsWith(base)) return null;
  return decodeURIComponent(pathname.slice(base.length));
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
