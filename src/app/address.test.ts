import { expect, it } from 'vitest';
import { ownAddress } from './address.ts';

const PAGE = 'http://localhost:5000/app/';

it('resolves addresses of the page itself', () => {
  expect(ownAddress('files/a.mrc', PAGE)).toBe('http://localhost:5000/app/files/a.mrc');
  expect(ownAddress('/b.mrc', PAGE)).toBe('http://localhost:5000/b.mrc');
});

it('refuses every other origin', () => {
  for (const address of [
    null,
    '',
    'http://localhost:5001/a.mrc',
    '//example.org/a.mrc',
    'data:text/plain,a',
    'https://localhost:5000/a.mrc',
  ]) {
    expect(ownAddress(address, PAGE), String(address)).toBeNull();
  }
});
