/**
 * The service worker: makes the app, the network in use and the samples seen work without a server. Built by
 * `scripts/offline.mjs` into `sw.js` beside the page, with the plan of the build. Page and scripts carry the headers
 * that isolate the page, also where the server does not send them.
 */
import type { KeepReply, KeepRequest } from './messages.ts';
import {
  type BuildPlan,
  isGenuine,
  isolated,
  type NetworkFile,
  networkOf,
  outdated,
  pathIn,
  routeOf,
  surplus,
} from './plan.ts';

declare const PLAN: BuildPlan;

/** The part of `ServiceWorkerGlobalScope` used here; the page's library does not declare it. */
interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', run: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', run: (event: Fetching) => void): void;
  addEventListener(
    type: 'message',
    run: (event: MessageEvent<KeepRequest> & Waiting) => void,
  ): void;
}
const worker = globalThis as unknown as Worker;

const PREFIX = 'respond-cam ';
const SHELL = `${PREFIX}shell ${PLAN.version}`;
const DATA = `${PREFIX}data ${PLAN.version}`;
/** Networks and samples take at most this much of the user's disk. */
const MOST_BYTES = 256 * 2 ** 20;

const { scope } = worker.registration;
const absolute = (path: string) => new URL(path, scope).href;

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(SHELL);
    await Promise.all(
      PLAN.shell.map(async (path) => {
        const response = await fetch(absolute(path));
        if (!(await isGenuine(path, response, scope))) throw new Error(`${path} is not the app's.`);
        await cache.put(absolute(path), response);
      }),
    );
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  const takeOver = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
    await Promise.all(outdated(names, [SHELL, DATA]).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(takeOver());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { url, method, mode } = request;
  const ranged = request.headers.has('range');
  const route = routeOf({ url, method, mode, ranged }, scope, PLAN);
  if (route === 'shell') event.respondWith(fromShell(request).then(isolated));
  if (route === 'old') event.respondWith(fromOldShell(request).then(isolated));
  if (route === 'page') event.respondWith(page(request).then(isolated));
  if (route === 'fresh') event.respondWith(fresh(request));
  if (route === 'network') event.respondWith(network(request));
});

worker.addEventListener('message', (event) => {
  const [port] = event.ports;
  const answer = async () => {
    const kept = await keep(event.data).catch(() => false);
    port?.postMessage({ kept } satisfies KeepReply);
  };
  event.waitUntil(answer());
});

async function fromShell(request: Request): Promise<Response> {
  return (await (await caches.open(SHELL)).match(request.url)) ?? fetch(request);
}

/** A page that was open when the app was updated finds its own parts, which the server has no more. */
async function fromOldShell(request: Request): Promise<Response> {
  for (const name of await caches.keys()) {
    const kept = name.startsWith(PREFIX) && (await (await caches.open(name)).match(request.url));
    if (kept) return kept;
  }
  return fetch(request);
}

/** The page as the server has it; when that is not the app, the one whose scripts are at hand. */
async function page(request: Request): Promise<Response> {
  const kept = async () => (await caches.open(SHELL)).match(absolute('./'));
  try {
    const response = await fetch(request);
    const path = pathIn(request.url, scope) ?? '';
    if (path !== '' || (await isGenuine(path, response, scope))) return response;
    return (await kept()) ?? response;
  } catch (error) {
    const own = await kept();
    if (own) return own;
    throw error;
  }
}

async function fresh(request: Request): Promise<Response> {
  const path = pathIn(request.url, scope) ?? '';
  const inShell = PLAN.shell.includes(path);
  const cache = await caches.open(inShell ? SHELL : DATA);
  const kept = await cache.match(request.url);
  try {
    const response = await fetch(request);
    if (!kept) return response;
    if (!(await isGenuine(path, response, scope))) return kept;
    // Refreshes what is kept; what is to be kept is the page's decision.
    if (!inShell) await cache.put(request.url, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function network(request: Request): Promise<Response> {
  const path = pathIn(request.url, scope) ?? '';
  const cache = await caches.open(DATA);
  if (request.cache === 'reload') {
    // The page found the bytes damaged.
    checked.delete(path);
    await cache.delete(request.url);
    return fetch(request);
  }
  const files = await Promise.all(networkOf(path, PLAN).map((file) => intact(cache, file)));
  const at = networkOf(path, PLAN).findIndex((file) => file.path === path);
  return files.every((file) => file !== null) ? files[at]! : fetch(request);
}

/** Files whose bytes were found as built since this worker started. */
const checked = new Set<string>();

/** The cached file; null when it is not there or not as it was built, then it is removed. */
async function intact(
  cache: Cache,
  { path, bytes, sha256: built }: NetworkFile,
): Promise<Response | null> {
  const response = await cache.match(absolute(path));
  if (!response) return null;
  if (checked.has(path)) return response;
  const size = (await response.clone().blob()).size;
  if (size === bytes && (await sha256(response.clone())) === built) {
    checked.add(path);
    return response;
  }
  await cache.delete(absolute(path));
  return null;
}

async function keep({ network: model, files }: KeepRequest): Promise<boolean> {
  const cache = await caches.open(DATA);
  for (const path of files) {
    const url = absolute(path);
    if (await cache.match(url)) continue;
    const response = await fetch(url);
    if (!(await isGenuine(path, response, scope))) return false;
    await cache.put(url, response);
  }
  const wanted = model === null ? [] : networkOf(model, PLAN);
  if (model !== null && wanted.length === 0) return false;
  for (const file of wanted) {
    if (await intact(cache, file)) continue;
    const response = await fetch(absolute(file.path));
    // A server that holds another version by now: that version's own worker will keep it.
    if (!response.ok || (await sha256(response.clone())) !== file.sha256) return false;
    await cache.put(absolute(file.path), response);
  }
  await tidy(cache, new Set([...files, ...wanted.map(({ path }) => path)]));
  return true;
}

/** Removes the oldest files that this page does not need until the limit holds. */
async function tidy(cache: Cache, needed: ReadonlySet<string>): Promise<void> {
  const kept = await Promise.all(
    (await cache.keys()).map(async (request) => {
      const path = pathIn(request.url, scope) ?? '';
      const bytes = (await (await cache.match(request))?.blob())?.size ?? 0;
      return { request, bytes, needed: needed.has(path) };
    }),
  );
  for (const { request } of surplus(kept, MOST_BYTES)) await cache.delete(request);
}

async function sha256(response: Response): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
