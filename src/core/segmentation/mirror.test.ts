import { expect, it } from 'vitest';
import type { Shape3 } from '../volume/types.ts';
import { copied, restored, tileCopies } from './mirror.ts';

const CHANNELS = 2;
const numbered = ([z, y, x]: Shape3) =>
  Float32Array.from({ length: z * y * x * CHANNELS }, (_, i) => i);

/** A copy whose voxel `[z, y, x]` is the one of the tile that `from` says. */
function gathered(
  values: Float32Array,
  [nz, ny, nx]: Shape3,
  from: (z: number, y: number, x: number) => readonly [number, number, number],
): Float32Array {
  const out: number[] = [];
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        const [a, b, c] = from(z, y, x);
        const at = ((a * ny + b) * nx + c) * CHANNELS;
        out.push(...values.subarray(at, at + CHANNELS));
      }
  return Float32Array.from(out);
}

it('mirrors along every choice of axes', () => {
  const shape: Shape3 = [2, 3, 4];
  const values = numbered(shape);
  const copies = tileCopies({ mirror: [0, 2], exchange: [] }, shape, shape);
  expect(copies.map(({ mirror }) => mirror)).toEqual([[], [0], [2], [0, 2]]);
  expect(copied(values, shape, copies[0])).toBe(values);
  expect(copied(values, shape, copies[3])).toEqual(
    gathered(values, shape, (z, y, x) => [1 - z, y, 3 - x]),
  );
});

it('makes all quarter turns about an axis and their mirror images, each once', () => {
  const shape: Shape3 = [2, 3, 3];
  const turn = (values: Float32Array) => gathered(values, shape, (z, y, x) => [z, x, 2 - y]);
  const flipX = (values: Float32Array) => gathered(values, shape, (z, y, x) => [z, y, 2 - x]);
  const flipZ = (values: Float32Array) => gathered(values, shape, (z, y, x) => [1 - z, y, x]);
  const text = (values: Float32Array) => values.join();
  const turns = [0, 1, 2, 3].map((n) => {
    let values: Float32Array = numbered(shape);
    for (let i = 0; i < n; i++) values = turn(values);
    return values;
  });
  const flat = [...turns, ...turns.map(flipX)];
  const all = [...flat, ...flat.map(flipZ)].map(text).sort();
  const copies = tileCopies({ mirror: [0, 1, 2], exchange: [1, 2] }, shape, shape);
  expect(copies.map((copy) => text(copied(numbered(shape), shape, copy))).sort()).toEqual(all);
  expect(new Set(all)).toHaveLength(16);
});

it('takes every copy back', () => {
  const shape: Shape3 = [4, 3, 4];
  for (const copy of tileCopies({ mirror: [0, 1, 2], exchange: [0, 2] }, shape, shape))
    expect(restored(copied(numbered(shape), shape, copy), shape, copy)).toEqual(numbered(shape));
});

it('does not turn a tile, or an output, whose edges differ, nor mirror along a single section', () => {
  const all = { mirror: [0, 1, 2], exchange: [1, 2] };
  const count = (tile: Shape3, out: Shape3) => tileCopies(all, tile, out).length;
  expect(count([4, 4, 4], [4, 4, 4])).toBe(16);
  expect(count([4, 4, 6], [4, 4, 6])).toBe(8);
  expect(count([4, 4, 4], [4, 2, 4])).toBe(8);
  expect(count([1, 4, 4], [1, 4, 4])).toBe(8);
});
