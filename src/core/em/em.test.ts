import { expect, test } from 'vitest';
import { openVolumeFile } from '../volume/index.ts';

const values = [0, 1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/** A file as the EM program writes it: 12 values of shape 2 x 2 x 3 (z, y, x). */
function em(machine: number, type: number, pixelSize = 0): Uint8Array {
  const little = machine === 6 || machine === 1;
  const width = ({ 1: 1, 2: 2, 4: 4, 5: 4, 9: 8 } as Record<number, number>)[type] ?? 8;
  const bytes = new Uint8Array(512 + 12 * width);
  const view = new DataView(bytes.buffer);
  bytes[0] = machine;
  bytes[3] = type;
  [3, 2, 2].forEach((n, i) => void view.setInt32(4 + 4 * i, n, little));
  bytes.set(new TextEncoder().encode('a comment'), 16);
  view.setInt32(96 + 24, 1000 * pixelSize, little);
  values.forEach((value, i) => {
    const at = 512 + i * width;
    if (type === 1) view.setUint8(at, Math.abs(value));
    else if (type === 2) view.setInt16(at, value, little);
    else if (type === 4) view.setInt32(at, value, little);
    else if (type === 5) view.setFloat32(at, value, little);
    else view.setFloat64(at, value, little);
  });
  return bytes;
}

test.each([
  [6, 5],
  [6, 2],
  [6, 4],
  [6, 9],
  [5, 5],
  [3, 2],
  [0, 9],
])('machine %i, type %i is read', (machine, type) => {
  const { report, data } = openVolumeFile(em(machine, type), 'a.em');
  expect([...data]).toEqual(values);
  expect(report).toMatchObject({
    format: 'em',
    kind: 'volume',
    shape: [2, 2, 3],
    voxelSizeKnown: false,
    labels: ['a comment'],
    endian: machine === 6 ? 'little' : 'big',
  });
});

test('bytes are unsigned', () => {
  expect([...openVolumeFile(em(6, 1), 'a.em').data]).toEqual(values.map(Math.abs));
});

test('the pixel size is the seventh parameter', () => {
  const { report } = openVolumeFile(em(6, 5, 13.5), 'a.em');
  expect(report).toMatchObject({ voxelSize: [13.5, 13.5, 13.5], voxelSizeKnown: true });
});

test('cut off and complex files are refused', () => {
  expect(() => openVolumeFile(em(6, 5).subarray(0, 550), 'a.em')).toThrow(/38 bytes follow it/);
  expect(() => openVolumeFile(em(6, 8), 'a.em')).toThrow(/complex values/);
});
