import { describe, expect, it } from 'vitest';
import { type BuildPlan, networkOf, routeOf, surplus } from './plan.ts';

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
    expect(route('assets/index-of-another-build.js')).toBe('fresh');
    expect(route('?volume=samples/a.mrc', { mode: 'navigate' })).toBe('page');
    expect(route('models/a/weights.bin?x=1')).toBe('network');
    expect(route('models/index.json')).toBe('fresh');
    expect(route('samples/1AON-inf.mrc')).toBe('fresh');
  });

  it('leaves alone what is not its own', () => {
    expect(route('local/volume/my%20secret.mrc')).toBe('pass');
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
