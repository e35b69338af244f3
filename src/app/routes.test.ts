import { expect, it } from 'vitest';
import { deepLinkOf, hashOf, routeOf } from './routes.ts';

it('reads pages from the hash and falls back on the first', () => {
  for (const [hash, page] of [
    ['', 'explain'],
    ['#', 'explain'],
    ['#/', 'explain'],
    ['#/paper', 'paper'],
    ['#paper', 'paper'],
    ['#/elsewhere', 'explain'],
    ['#/explain?class=1', 'explain'],
  ]) {
    expect(routeOf(hash).page, hash).toBe(page);
  }
});

it('writes and reads a case', () => {
  const shown = {
    sample: '1AON-0.1',
    network: 'cnn-1-0.1',
    layer: 'max pool&2',
    classIndex: 0,
    method: 'respond',
  } as const;
  const { page, params } = routeOf(hashOf('explain', shown));
  expect(page).toBe('explain');
  expect(deepLinkOf(params)).toEqual(shown);
  const part = { ...shown, network: null, classIndex: null };
  expect(deepLinkOf(routeOf(hashOf('explain', part)).params)).toEqual(part);
});

it('leaves out what it does not know', () => {
  expect(deepLinkOf(new URLSearchParams(''))).toBeNull();
  expect(deepLinkOf(new URLSearchParams('class=-1&method=magic&other=1'))).toBeNull();
  expect(deepLinkOf(new URLSearchParams('class=1.5&sample=a'))).toEqual({
    sample: 'a',
    network: null,
    layer: null,
    classIndex: null,
    method: null,
  });
});
