import { expect, it } from 'vitest';
import { validate } from '../schema/index.ts';
import { ballOf, hiding, paintStroke, voxelsOfPart } from './hide.ts';
import { markedCount, marksOf, marksSchema, voxelsOf } from './marks.ts';

it('marks the voxels within a ball, whatever the voxels and the origin', () => {
  const grid = { shape: [3, 4, 5], voxelSize: [10, 20, 5], origin: [-7, 3, 100] } as const;
  const at = (x: number, y: number, z: number) => (z * 4 + y) * 5 + x;
  const marked = ballOf(grid, [13, 43, 105], 12);
  expect(marked[at(2, 2, 1)]).toBe(1);
  expect([marked[at(1, 2, 1)], marked[at(3, 2, 1)], marked[at(2, 2, 0)]]).toEqual([1, 1, 1]);
  expect([marked[at(2, 1, 1)], marked[at(0, 2, 1)]]).toEqual([0, 0]);
});

it('puts the mean of each channel in place of what is hidden, or of all else', () => {
  const input = Float32Array.of(1, 10, 2, 20, 3, 30);
  const marked = Uint8Array.of(0, 1, 0);
  expect([...hiding({ input, channels: 2 }, marked, false)]).toEqual([1, 10, 2, 20, 3, 30]);
  expect([...hiding({ input, channels: 2 }, Uint8Array.of(1, 0, 0), false)]).toEqual([
    2, 20, 2, 20, 3, 30,
  ]);
  expect([...hiding({ input, channels: 2 }, marked, true)]).toEqual([2, 20, 2, 20, 2, 20]);
});

it('marks what a brush has gone over, in space or in one section, and takes it away again', () => {
  const grid = { shape: [30, 30, 30], voxelSize: [2, 2, 2], origin: [-5, 0, 7] } as const;
  const ball = { from: [20, 30, 40], to: [20, 30, 40], radius: 9, section: null } as const;
  const marks = new Uint8Array(30 ** 3);
  const one = paintStroke(marks, grid, ball);
  expect([...marks]).toEqual([...ballOf(grid, ball.from, ball.radius)]);
  expect(one).toBe(marks.reduce((sum, mark) => sum + mark, 0));
  // A ball with a cylinder as long as the way: 4/3 pi r^3 + pi r^2 l.
  const length = Math.hypot(8, 12, 6);
  const way = { ...ball, to: [28, 42, 34] } as const;
  const voxels = one + paintStroke(marks, grid, way);
  const volume = (4 / 3) * Math.PI * 9 ** 3 + Math.PI * 81 * length;
  expect(Math.abs((voxels * 8) / volume - 1)).toBeLessThan(0.03);
  expect(paintStroke(marks, grid, way)).toBe(0);
  expect(paintStroke(marks, grid, way, true)).toBe(-voxels);
  expect(paintStroke(marks, grid, { ...way, section: 2 })).toBeGreaterThan(0);
  const sections = new Set(
    [...marks.keys()].filter((v) => marks[v]).map((v) => Math.floor(v / 900)),
  );
  expect([...sections]).toEqual([Math.round((34 - 7) / 2)]);
});

it.each([
  [0, 0, 0, 0, 0, 0],
  [1, 1, 1, 1, 1, 1],
  [1, 0, 0, 1, 1, 0],
  [0, 1, 0, 0, 0, 1],
])('keeps marks as runs: %d%d%d%d%d%d', (...voxels) => {
  const marks = marksOf(Uint8Array.from(voxels), [1, 2, 3]);
  expect([...voxelsOf(marks)]).toEqual(voxels);
  expect(markedCount(marks)).toBe(voxels.reduce((a, b) => a + b));
  expect(validate(marksSchema, JSON.parse(JSON.stringify(marks)), 'a')).toEqual(marks);
});

it('refuses marks that do not fill their box', () => {
  const read = (runs: readonly number[]) =>
    validate(marksSchema, { shape: [1, 2, 3], runs }, 'a.respond-cam');
  expect(() => read([4, 1])).toThrow(
    'a.respond-cam: "runs" adds up to 5; accepted: the voxels of 1 x 2 x 3',
  );
  expect(() => read([7, -1])).toThrow('"runs[1]" is -1');
});

it('finds the voxels of a part: the highest of a map, on the grid of the box', () => {
  const map = Float32Array.of(1, 5);
  const part = { kind: 'top', map, from: [1, 1, 2], shape: [2, 2, 4], share: 0.25 } as const;
  expect([...voxelsOfPart(part)]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
