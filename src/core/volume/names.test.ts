import { expect, test } from 'vitest';
import { fileStem } from './names.ts';

test('a file name holds no mark at the ends of its words, and letters of any script', () => {
  expect(fileStem(['GroEL 14-mer', 'maxpool2', 'GroEL 14-mer (1MNF)', ''])).toBe(
    'GroEL-14-mer.maxpool2.GroEL-14-mer-1MNF',
  );
  expect(fileStem(['粒子/größe:1'])).toBe('粒子-größe-1');
});
