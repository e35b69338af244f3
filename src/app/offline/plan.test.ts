import { describe, expect, it } from 'vitest';
import {
  type BuildPlan,
  isGenuine,
  isolated,
  networkOf,
  outdated,
  routeOf,
  surplus,
} from './plan.ts';

const SCOPE = 'https://example.org/app/';
const file = (path: string) => ({ path, bytes: 10, sha256: '' });
const plan: BuildPlan = {
  version: '1',
  shell: ['./', 'favicon.svg', 'assets/index-abc.js'],
  networks: ['a/model.json', 'a/weights.bin', 'ab/model.json'].map((path) =>
    file(`models/${path}`),
  ),
};
const route = (path: string, rest: Partial<Parameters<typeof routeOf>[0]> = {}) =>
  routeOf(
    { url: new URL(path, SCOPE).href, method: 'GET', mode: 'cors', ranged: false, ...rest },
    SCOPE,
    plan,
  );

describe('what the service worker does with a request', () => {
  it('knows hashed files, the page, networks and the rest', () => {
    expect(route('assets/index-abc.js')).toBe('shell');
    expect(route('assets/index-of-another-build.js')).toBe('old');
    expect(route('?volume=samples/a.mrc', { mode: 'navigate' })).toBe('page');
    expect(route('models/a/weights.bin?x=1')).toBe('network');
    expect(route('models/index.json')).toBe('fresh');
    expect(route('samples/1AON-inf.mrc')).toBe('fresh');
  });

  it('leaves alone what is not its own', () => {
    expect(route('local/volume/my%20secret.mrc')).toBe('pass');
    expect(route('remote/https/data.example.org/TS_01.zarr/0/0')).toBe('pass');
    expect(route('sw.js')).toBe('pass');
    expect(route('samples/a.mrc', { ranged: true })).toBe('pass');
    expect(route('samples/a.mrc', { method: 'POST' })).toBe('pass');
    expect(route('https://example.org/other/a.mrc')).toBe('pass');
    expect(route('https://elsewhere.org/app/a.mrc')).toBe('pass');
  });

  it('takes the files of a network together', () => {
    const paths = networkOf('models/a/weights.bin', plan).map(({ path }) => path);
    expect(paths).toEqual(['models/a/model.json', 'models/a/weights.bin']);
  });
});

it('makes room by the oldest files that are not needed', () => {
  const files = [4, 3, 2, 1].map((bytes, i) => ({ bytes, needed: i === 1, i }));
  expect(surplus(files, 10)).toEqual([]);
  expect(surplus(files, 6).map(({ i }) => i)).toEqual([0]);
  expect(surplus(files, 3).map(({ i }) => i)).toEqual([0, 2, 3]);
});

describe('an answer that may be kept', () => {
  const HTML = 'text/html; charset=utf-8';
  const genuine = (path: string, body: string, type: string, init: ResponseInit = {}) =>
    isGenuine(path, new Response(body, { headers: { 'content-type': type }, ...init }), SCOPE);

  it('is not the page by which a network asks to sign in', async () => {
    const portal = '<h1>Sign in</h1>';
    for (const path of ['models/index.json', 'samples/a.mrc', 'assets/index-abc.js', ''])
      expect(await genuine(path, portal, HTML)).toBe(false);
    expect(await genuine('models/index.json', portal, 'application/json')).toBe(false);
    const elsewhere = { redirected: true, url: 'https://portal.example/login' };
    const answer = new Response('[]', { headers: { 'content-type': 'application/json' } });
    expect(
      await isGenuine(
        'models/index.json',
        { ok: true, headers: answer.headers, clone: () => answer.clone(), ...elsewhere },
        SCOPE,
      ),
    ).toBe(false);
  });

  it('is a file of its kind', async () => {
    expect(await genuine('models/index.json', '[]', 'application/json')).toBe(true);
    expect(await genuine('samples/a.mrc', 'x', 'application/octet-stream')).toBe(true);
    expect(await genuine('', '<script src="./assets/index-abc.js">', HTML)).toBe(true);
    expect(await genuine('samples/a.mrc', 'x', 'text/plain', { status: 500 })).toBe(false);
  });
});

it('isolates a page whose server does not', async () => {
  const plain = isolated(new Response('page', { headers: { 'content-type': 'text/html' } }));
  expect(Object.fromEntries(plain.headers)).toEqual({
    'content-type': 'text/html',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
  });
  expect(await plain.text()).toBe('page');
  const own = { 'cross-origin-embedder-policy': 'credentialless' };
  const sent = isolated(new Response(null, { status: 304, headers: own }));
  expect(sent.headers.get('cross-origin-embedder-policy')).toBe('credentialless');
  const error = Response.error();
  expect(isolated(error)).toBe(error);
});

it('keeps the last two shells for pages that are still open', () => {
  const names = ['1', '2', '3', '4'].flatMap((v) => [`rc shell ${v}`, `rc data ${v}`]);
  expect(outdated(names, ['rc shell 4', 'rc data 4'])).toEqual(
    ['rc data 1', 'rc data 2', 'rc data 3', 'rc shell 1'].sort(
      (a, b) => names.indexOf(a) - names.indexOf(b),
    ),
  );
});
