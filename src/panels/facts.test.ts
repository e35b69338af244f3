import { describe, expect, it } from 'vitest';
import type { CamMap } from '../core/cam/types.ts';
import {
  account,
  classOf,
  agreement,
  evidence,
  likeness,
  probability,
  specificitySentence,
  withoutId,
} from './facts.ts';
import { ledgerBars, ledgerSentence } from './ledgerBars.ts';
import { sortFiles } from './openFiles.ts';
import { type ClassRow, sortRows } from './classRows.ts';

const map = (...values: number[]): CamMap => ({
  data: Float32Array.from(values),
  sum: values.reduce((a, b) => a + b, 0),
  min: Math.min(...values),
  max: Math.max(...values),
});

describe('facts in words', () => {
  it('splits a map into evidence for and against that adds up to its sum', () => {
    expect(evidence(map(3, -1, 2, -0.5))).toEqual({ inFavour: 5, against: -1.5 });
  });

  it('compares maps by place and sign, not by size', () => {
    expect(likeness(map(1, -2, 3), map(10, -20, 30))).toBeCloseTo(1);
    expect(likeness(map(1, -2, 3), map(-1, 2, -3))).toBeCloseTo(-1);
    expect(likeness(map(1, 0), map(0, 1))).toBe(0);
    expect(likeness(map(0, 0), map(1, 1))).toBeNull();
  });

  it('says what a map shares with what knows no class, and with the runner-up', () => {
    const row = (index: number, ...values: number[]) => ({
      index,
      score: 0,
      methods: { respond: map(...values) },
    });
    const answer = {
      model: { classes: ['A (1ABC)', 'B (2ABC)', 'C'] },
      result: {
        scores: Float32Array.of(1, 9, 4),
        layers: [
          {
            activationSum: Float32Array.of(2, 4, 0),
            classes: [row(0, 1, 1, 1), row(1, 1, 2, 0), row(2, -1, -2, 0)],
          },
        ],
      },
    } as unknown as Parameters<typeof specificitySentence>[0];
    expect(specificitySentence(answer, 1, 'respond')).toBe(
      'Respond-CAM map: correlation 1.00 with the plain sum of activations, which knows no class, −1.00 with its map of C.',
    );
    expect(specificitySentence(answer, 2, 'respond')).toMatch(/its map of B\.$/);
    expect(specificitySentence(answer, 0, 'respond')).toBeNull();
    expect(specificitySentence(answer, 1, 'grad')).toBeNull();
  });

  it('says agreement and contradiction', () => {
    expect(agreement(1)).toMatch(/same/);
    expect(agreement(0.9)).toMatch(/agree$/);
    expect(agreement(-0.9)).toMatch(/contradict/);
    expect(agreement(null)).toMatch(/empty/);
  });

  it('gives a share only where a share means something', () => {
    expect(account('Respond-CAM', 11.9, 12)).toBe('Respond-CAM accounts for 99% of it');
    expect(account('Grad-CAM', -3.14, 12)).toBe('Grad-CAM sums to −3.14 instead');
    expect(account('Grad-CAM', 90, 12)).toBe('Grad-CAM sums to +90 instead');
    expect(account('Grad-CAM', 1, 0)).toBe('Grad-CAM sums to +1 instead');
    expect(account('Respond-CAM', -8, -10)).toBe('Respond-CAM accounts for 80% of it');
  });

  it('shortens class names by their id alone', () => {
    expect(withoutId('20S + PA26 (double-capped) (3IPM)')).toBe('20S + PA26 (double-capped)');
    expect(withoutId('26S proteasome (yeast)')).toBe('26S proteasome (yeast)');
  });

  it('finds the true class of a sample among the classes of a network', () => {
    const classes = ['70S ribosome', 'GroEL 14-mer (1MNF)', 'GroEL'];
    expect(classOf('GroEL 14-mer', classes)).toBe(1);
    expect(classOf('GroEL', classes)).toBe(2);
    expect(classOf('apoferritin', classes)).toBeNull();
  });

  it('never rounds a probability to certainty', () => {
    expect([1, 0.9999, 0.5, 0.0001, 0].map(probability)).toEqual([
      '1.00',
      '>0.99',
      '0.50',
      '<0.01',
      '0',
    ]);
  });
});

describe('ledger bars', () => {
  it('lead from zero to the score, each where the one before ended', () => {
    const { zero, bars } = ledgerBars({
      index: 0,
      score: 6,
      cam: 9,
      bias: -2,
      bypass: 0,
      residual: -1,
    });
    const [cam, bias, residual, score] = bars;
    expect(zero).toBe(0);
    expect([cam.from, cam.width]).toEqual([0, 100]);
    expect(bias.from + bias.width).toBeCloseTo(100);
    expect(residual.from + residual.width).toBeCloseTo(bias.from);
    expect(score.width).toBeCloseTo(residual.from);
  });

  it('stay inside the track for negative scores, and rounding is no residual', () => {
    const { zero, bars } = ledgerBars({
      index: 0,
      score: -5,
      cam: -8,
      bias: 3,
      bypass: 0,
      residual: 1e-7,
    });
    expect(zero).toBe(100);
    for (const { from, width } of bars) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from + width).toBeLessThanOrEqual(100 + 1e-9);
    }
    expect(bars[2].value).toBe(0);
  });
});

describe('ledger sentence', () => {
  const say = (cam: number, bias: number) =>
    ledgerSentence({ index: 0, cam, bias, score: cam + bias, bypass: 0, residual: 0 });
  it('follows the signs of its parts', () => {
    expect(say(9, 1)).toMatch(/^90%/);
    expect(say(-9, -1)).toMatch(/^90%/);
    expect(say(9, -1)).toMatch(/take some back/);
    expect(say(-1, 9)).toMatch(/other way/);
  });
});

describe('class rows', () => {
  const row = (name: string, score: number): ClassRow => ({
    index: score,
    name,
    score,
    probability: 0,
    left: -score,
    right: score,
    predicted: false,
  });
  const rows = [row('70S ribosome', 1), row('GroEL', 3), row('50S ribosome', 2)];
  it('sort by number downwards, by name upwards, and search every word', () => {
    expect(sortRows(rows, 'score', '').map(({ score }) => score)).toEqual([3, 2, 1]);
    expect(sortRows(rows, 'left', '').map(({ score }) => score)).toEqual([1, 2, 3]);
    expect(sortRows(rows, 'name', 'ribo').map(({ name }) => name)).toEqual([
      '50S ribosome',
      '70S ribosome',
    ]);
    expect(sortRows(rows, 'name', 'ribosome 70')).toHaveLength(1);
  });
});

describe('sorting dropped files', () => {
  it('tells a network from volumes by name and skips hidden files', () => {
    const files = [
      'a.mrc',
      'model.json',
      'group1-shard1of2.bin',
      'group1-shard2of2',
      '.DS_Store',
      'b.map.gz',
    ];
    const { volumes, network } = sortFiles(files.map((name) => new File([], name)));
    expect(volumes.map(({ name }) => name)).toEqual(['a.mrc', 'b.map.gz']);
    expect(network.map(({ name }) => name)).toEqual([
      'model.json',
      'group1-shard1of2.bin',
      'group1-shard2of2',
    ]);
  });
});
