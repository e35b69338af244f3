import { expect, test } from 'vitest';
import { harmless, harmlessJson } from './terminal.ts';

const HOSTILE = 'a\x1b]0;title\x07b\x9b2Jc\rd\u202ee\x7f\x00';

test('spells out what a terminal would obey', () => {
  expect(harmless(HOSTILE)).toBe('a\\x1b]0;title\\x07b\\x9b2Jc\\x0dd\\u202ee\\x7f\\x00');
  expect(harmless('two\nlines\tand äöü Å 日本')).toBe('two\nlines\tand äöü Å 日本');
});

test('leaves the content of JSON as it is', () => {
  const json = harmlessJson(JSON.stringify({ name: HOSTILE }));
  expect(json).not.toMatch(/[^\x20-\x7e]/);
  expect(JSON.parse(json)).toEqual({ name: HOSTILE });
});
