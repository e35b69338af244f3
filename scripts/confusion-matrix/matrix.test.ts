import { expect, it } from 'vitest';
import { matrixSvg } from './matrix.ts';

const EVALUATION = {
  title: 'CNN <2>',
  classes: ['GroEL & more (1MNF)', 'ribosome'],
  confusion: [
    [9, 1],
    [0, 5],
  ],
  accuracy: 14 / 15,
  labelled: 15,
};

it('shades each count by its share of the true class', () => {
  const svg = matrixSvg(EVALUATION);
  const boxes = [
    ...svg.matchAll(/class="(right|wrong)" x="(\d+)" y="(\d+)".*?opacity="([\d.]+)"/g),
  ];
  expect(boxes.map(([, kind, x, y, opacity]) => [kind, +x, +y, +opacity])).toEqual([
    ['right', 263, 77, 0.92],
    ['wrong', 283, 77, 0.23],
    ['right', 283, 97, 1],
  ]);
  expect(svg).toContain('CNN &lt;2>: 93.3% of 15 held-out volumes');
  expect(svg).toContain('>1MNF</text>');
  expect(svg).toContain('>GroEL &amp; more (1MNF)</text>');
});

it('refuses an evaluation without labels', () => {
  expect(() => matrixSvg({ ...EVALUATION, confusion: null, accuracy: null })).toThrow(
    /no labelled/,
  );
});
