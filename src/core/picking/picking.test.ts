import { describe, expect, test } from 'vitest';
import { noise } from '../../testing/random.ts';
import { computeStats } from '../volume/stats.ts';
import type { Shape3 } from '../volume/types.ts';
import { boxAt } from './box.ts';
import { createJudge, isBackground, softmax, standing } from './classes.ts';
import { normalisedPart, type Scene } from './normalise.ts';
import { localMaxima, suppress } from './peaks.ts';
import { agreement } from './truth.ts';
import { planWindows, windowCount, windowStart, windowStats } from './windows.ts';

const shape: Shape3 = [21, 26, 30];
const volume = noise(21 * 26 * 30, 3).map((value, i) => 1000 + value * (1 + (i % 30) / 10));

describe('windows over a volume', () => {
  test.each([8, 4, 3, 1])('%d voxels apart, their centres fill the volume', (stride) => {
    const size: Shape3 = [12, 12, 12];
    const grid = planWindows(shape, size, stride);
    const centres = (index: number) => windowStart(grid, index).map((n) => n + 5.5);
    for (const at of centres(0)) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThan(stride);
    }
    centres(windowCount(grid) - 1).forEach((at, axis) => {
      expect(at).toBeLessThanOrEqual(shape[axis] - 1);
      expect(at).toBeGreaterThan(shape[axis] - 1 - stride);
    });
  });

  test.each([
    [8, 12],
    [4, 12],
    [5, 11],
  ])('stride %d, size %d: statistics are those of the part inside', (stride, edge) => {
    const size: Shape3 = [edge, edge, edge];
    const grid = planWindows(shape, size, stride);
    const { mean, std } = windowStats(volume, shape, grid);
    for (let i = 0; i < windowCount(grid); i++) {
      const start = windowStart(grid, i);
      const inside: number[] = [];
      for (let z = Math.max(0, start[0]); z < Math.min(shape[0], start[0] + edge); z++)
        for (let y = Math.max(0, start[1]); y < Math.min(shape[1], start[1] + edge); y++)
          for (let x = Math.max(0, start[2]); x < Math.min(shape[2], start[2] + edge); x++)
            inside.push(volume[(z * shape[1] + y) * shape[2] + x]);
      const wanted = computeStats(Float64Array.from(inside));
      expect(mean[i]).toBeCloseTo(wanted.mean, 3);
      expect(std[i]).toBeCloseTo(wanted.std, 4);
    }
  });
});

describe('a normalised part', () => {
  const size: Shape3 = [10, 10, 10];
  const grid = planWindows(shape, size, 5);
  const scene: Scene = {
    ...{ data: volume, shape, grid, normalization: 'zscore' },
    stats: windowStats(volume, shape, grid),
  };

  test('has at the centre of a window the value that the window has there', () => {
    // An odd window has a voxel at its centre.
    const odd = planWindows(shape, [11, 11, 11], 5);
    const stats = windowStats(volume, shape, odd);
    const part = normalisedPart({ ...scene, grid: odd, stats }, [0, 0, 0], shape);
    for (let i = 0; i < windowCount(odd); i++) {
      const [z, y, x] = windowStart(odd, i).map((n) => n + 5);
      const at = (z * shape[1] + y) * shape[2] + x;
      expect(part[at]).toBeCloseTo((volume[at] - stats.mean[i]) / stats.std[i], 3);
    }
  });

  test('does not depend on where it is cut, nor on scale and offset, and is 0 outside', () => {
    const whole = normalisedPart(scene, [-3, -3, -3], [27, 32, 36]);
    const part = normalisedPart(scene, [2, 4, 6], [5, 6, 7]);
    const at = (z: number, y: number, x: number) => whole[((z + 3) * 32 + y + 3) * 36 + x + 3];
    for (let z = 0, i = 0; z < 5; z++)
      for (let y = 0; y < 6; y++)
        for (let x = 0; x < 7; x++, i++) expect(part[i]).toBeCloseTo(at(z + 2, y + 4, x + 6), 5);
    expect(whole[0]).toBe(0);
    const other = volume.map((value) => -200 + 3 * value);
    const scaled = normalisedPart(
      { ...scene, data: other, stats: windowStats(other, shape, grid) },
      [2, 4, 6],
      [5, 6, 7],
    );
    scaled.forEach((value, i) => void expect(value).toBeCloseTo(part[i], 2));
  });
});

test('a box that hangs out of a volume holds the mean of the rest there', () => {
  const data = Float32Array.from({ length: 27 }, (_, i) => i);
  expect([...boxAt(data, [3, 3, 3], [1, 1, 1], [2, 2, 2])]).toEqual([
    13, 14, 16, 17, 22, 23, 25, 26,
  ]);
  expect([...boxAt(data, [3, 3, 3], [2, 2, 2], [2, 2, 1])]).toEqual([26, 26, 26, 26]);
  expect([...boxAt(data, [3, 3, 3], [0, 0, -1], [1, 1, 3])]).toEqual([0.5, 0, 1]);
  expect([...boxAt(data, [3, 3, 3], [5, 0, 0], [1, 1, 2])]).toEqual([0, 0]);
});

describe('peaks', () => {
  test('are maxima of their neighbourhood, of equal ones the first', () => {
    const values = new Float32Array(4 * 4 * 4);
    values[21] = 5;
    values[22] = 5;
    values[63] = 2;
    values[0] = 1;
    expect(localMaxima(values, [4, 4, 4], 0.5)).toEqual([21, 63]);
    expect(localMaxima(values, [4, 4, 4], 3)).toEqual([21]);
  });

  test('closer together than the distance, the best stays', () => {
    const found = [
      { position: [0, 0, 0] as const, score: 1 },
      { position: [3, 0, 0] as const, score: 3 },
      { position: [6, 0, 0] as const, score: 2 },
      { position: [9.5, 0, 0] as const, score: 0.5 },
    ];
    expect(suppress(found, 4).map(({ score }) => score)).toEqual([3, 0.5]);
    expect(suppress(found, 3).map(({ score }) => score)).toEqual([3, 2, 1, 0.5]);
  });
});

describe('decisions', () => {
  test('names of what is no particle', () => {
    const yes = [
      'background',
      'Other',
      'noise',
      'Membrane (vesicle)',
      'gold beads',
      'none of these',
    ];
    const no = ['apoferritin', '70S ribosome', 'otherwise', 'membranous'];
    expect(yes.map(isBackground)).toEqual(yes.map(() => true));
    expect(no.map(isBackground)).toEqual(no.map(() => false));
  });

  test('with a background class by probability, without one by how far scores stand out', () => {
    const windows = [
      Float32Array.from([0, 1, -1, 2, -2, 0, 1, -1]),
      Float32Array.from([10, 11, 9, 12, 8, 10, 11, 9]),
    ];
    expect(standing(windows[1])).toEqual({ median: 10, sigma: 1.4826 });
    const plain = createJudge(windows, { wanted: [0, 1], background: [] });
    // The second class has the larger score everywhere; that of the first stands out.
    expect(plain([8, 10])).toMatchObject({ class: 1 });
    expect(plain([8, 10]).value).toBeCloseTo(8 / 1.4826, 5);
    expect(plain([8, 10]).probability).toBeCloseTo(softmax([8, 10])[1], 6);
    const against = createJudge(windows, { wanted: [0], background: [1] });
    expect(against([8, 10])).toMatchObject({ class: 0, value: softmax([8, 10])[0] });
  });
});

test('picks are held against the truth one to one, classes apart', () => {
  const at = (x: number, label: string) => ({ position: [x, 0, 0] as const, label });
  const truth = [at(0, 'a'), at(10, 'b'), at(20, 'a'), at(50, 'b')];
  const picks = [at(1, 'a'), at(2, 'a'), at(9, 'a'), at(23, 'a'), at(100, 'b')];
  const found = agreement(picks, truth, 4);
  expect(found.matches).toEqual([0, -1, 1, 2, -1]);
  expect(found).toMatchObject({ truth: 4, picks: 5, found: 3, right: 2 });
  expect([found.recall, found.precision]).toEqual([0.75, 0.6]);
  expect([found.classRecall, found.classPrecision]).toEqual([0.5, 0.4]);
  expect(found.distance).toBeCloseTo(5 / 3);
  expect(found.classes).toEqual([
    { label: 'a', truth: 2, found: 2, right: 2, picks: 4 },
    { label: 'b', truth: 2, found: 1, right: 0, picks: 1 },
  ]);
});
