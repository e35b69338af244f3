import { expect, test } from 'vitest';
import { openVolumeFile, volumeOf } from '../volume/index.ts';
import { writeNpy } from './index.ts';

const values = Float32Array.from({ length: 48 }, (_, i) => i);

function open(shape: readonly number[], options = {}) {
  const count = shape.reduce((a, b) => a * b, 1);
  return openVolumeFile(writeNpy(values.subarray(0, count), shape), 'a.npy', options);
}

test.each<[number[], string, number[], number]>([
  [[2, 3, 4], 'volume', [2, 3, 4], 1],
  [[1, 2, 3, 4, 1], 'volume', [2, 3, 4], 1],
  [[3, 4], 'image', [1, 3, 4], 1],
  [[3, 4, 1], 'image', [1, 3, 4], 1],
  [[1, 3, 4, 1], 'image', [1, 3, 4], 1],
  [[2, 2, 3, 4], 'volume-stack', [2, 3, 4], 2],
  [[2, 1, 2, 3, 4], 'volume-stack', [2, 3, 4], 2],
  [[2, 2, 3, 4, 1], 'volume-stack', [2, 3, 4], 2],
])('shape %j is %s', (shape, kind, one, volumes) => {
  const file = open(shape);
  expect(file.report).toMatchObject({ kind, shape: one, volumes, voxelSizeKnown: false });
  const last = volumeOf(file, volumes - 1);
  expect(last.data).toHaveLength(one[0] * one[1] * one[2]);
  expect(last.data[0]).toBe((volumes - 1) * last.data.length);
});

test('the user says what the sections are', () => {
  expect(open([2, 3, 4], { readAs: 'images' }).report.kind).toBe('image-stack');
  expect(open([3, 4, 1], { readAs: 'volume' }).report).toMatchObject({
    kind: 'volume',
    shape: [3, 4, 1],
  });
  const { findings } = open([3, 4, 1]).report;
  expect(findings[0].message).toMatch(/\(3, 4, 1\) is read as \(3, 4\).*volume one voxel wide/);
});

test('the voxel size of the user is known', () => {
  const { report } = open([2, 3, 4], { voxelSize: 7.5 });
  expect(report).toMatchObject({ voxelSize: [7.5, 7.5, 7.5], voxelSizeKnown: true });
  expect(report.findings.map(({ code }) => code)).toEqual(['voxel-size-given']);
});

test('values beyond 32-bit floats are refused by name', () => {
  const bytes = writeNpy(Float64Array.from([1, -5e301, 2, 3]), [1, 2, 2]);
  expect(() => openVolumeFile(bytes, 'a.npy')).toThrow(/a.npy: it holds the value −5.00e\+301/);
  const largest = writeNpy(Float64Array.from([1, -3.4028234663852886e38, 2, 3]), [1, 2, 2]);
  expect(openVolumeFile(largest, 'a.npy').stats.nonFinite).toBe(0);
});

test.each([
  [
    [2, 3],
    [0, 2, 4, 1, 3, 5],
  ],
  [
    [2, 2, 2],
    [0, 4, 2, 6, 1, 5, 3, 7],
  ],
  [
    [2, 1, 2, 2],
    [0, 4, 2, 6, 1, 5, 3, 7],
  ],
  [
    [2, 2, 2, 1, 2, 1],
    [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  ],
])('Fortran order of shape %j is put in C order', (shape, expected) => {
  const count = shape.reduce((a, b) => a * b, 1);
  const bytes = writeNpy(values.subarray(0, count), shape);
  // "False, " and "True,  " have the same length
  const at = Buffer.from(bytes).indexOf('False, ');
  bytes.set(Buffer.from('True,  '), at);
  expect([...openVolumeFile(bytes, 'a.npy').data]).toEqual(expected);
});
