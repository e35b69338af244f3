/**
 * The service worker: makes the app, the network in use and the samples seen work without a server. Built by
 * `scripts/offline.mjs` into `sw.js` beside the page, with the plan of the build. Answers from the cache
 * carry the headers they came with, so the page stays cross-origin isolated.
 */
import type { KeepReply, KeepRequest } from './messages.ts';
import { type BuildPlan, type NetworkFile, networkOf, pathIn, routeOf, surplus } from './plan.ts';

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
    await cache.addAll(PLAN.shell.map(absolute));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  const takeOver = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
    const old = names.filter((name) => name !== SHELL && name !== DATA);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(takeOver());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { url, method, mode } = request;
  const ranged = request.headers.has('range');
  const route = routeOf({ url, method, mode, ranged }, scope, PLAN);
  if (route === 'shell') event.respondWith(fromShell(request));
  if (route === 'page') event.respondWith(page(request));
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

/** The page as the server has it; without a server the one whose scripts are at hand. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(SHELL)).match(absolute('./'));
    if (kept) return kept;
    throw error;
  }
}

async function fresh(request: Request): Promise<Response> {
  const path = pathIn(request.url, scope) ?? '';
  const inShell = PLAN.shell.includes(path);
  const cache = await caches.open(inShell ? SHELL : DATA);
  try {
    const response = await fetch(request);
    // Refreshes what is kept; what is to be kept is the page's decision.
    if (response.ok && !inShell && (await cache.match(request.url)))
      await cache.put(request.url, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw error;
  }
}

async function network(request: Request): Promise<Response> {
  if (request.cache === 'reload') return fetch(request);
  const path = pathIn(request.url, scope) ?? '';
  const cache = await caches.open(DATA);
  const files = await Promise.all(networkOf(path, PLAN).map((file) => intact(cache, file)));
  const at = networkOf(path, PLAN).findIndex((file) => file.path === path);
  return files.every((file) => file !== null) ? files[at]! : fetch(request);
}

/** The cached file; null when it is not there or not as long as it was built, then it is removed. */
async function intact(cache: Cache, { path, bytes }: NetworkFile): Promise<Response | null> {
  const response = await cache.match(absolute(path));
  if (!response) return null;
  if ((await response.clone().blob()).size === bytes) return response;
  await cache.delete(absolute(path));
  return null;
}

async function keep({ network: model, files }: KeepRequest): Promise<boolean> {
  const cache = await caches.open(DATA);
  for (const path of files) {
    const url = absolute(path);
    if (await cache.match(url)) continue;
    const response = await fetch(url);
    if (!response.ok) return false;
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
