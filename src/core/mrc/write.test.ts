import { uniform } from '../../testing/random.ts';
import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import type { Volume, VoxelArray } from '../volume/index.ts';
import { fitsHalf, readMrc, writeMrc } from './index.ts';

function volume<D extends VoxelArray>(data: D): Volume<D> {
  return { data, shape: [2, 3, 4], voxelSize: [1.5, 2.25, 4], origin: [-10, 0.5, 300] };
}

const ramp = Array.from({ length: 24 }, (_, i) => i - 5);

test.each([
  ['float32', Float32Array.from(ramp, (v) => v / 3), 2],
  ['int8', Int8Array.from(ramp), 0],
  ['int16', Int16Array.from(ramp, (v) => v * 1000), 1],
  ['uint16', Uint16Array.from(ramp, (v) => (v + 5) * 2800), 6],
  ['uint8', Uint8Array.from(ramp, (v) => (v + 5) * 11), 6],
] as const)('%s comes back as written, without findings', (_, data, mode) => {
  const labels = ['Respond-CAM of class 3', 'x'.repeat(80)];
  const { report, data: back } = readMrc(writeMrc(volume(data), { labels }), 'a.mrc');
  expect([...back]).toEqual([...data]);
  expect(report).toMatchObject({
    mode,
    shape: [2, 3, 4],
    voxelSize: [1.5, 2.25, 4],
    origin: [-10, 0.5, 300],
    labels,
  });
  expect(report.findings.map(({ code }) => code)).toEqual(['voxel-size-anisotropic']);
});

test.each([1e-9, 1e-3, 1, 1e3, 1e9, 1e30])('values of scale %g keep their bits', (scale) => {
  const data = Float32Array.from(ramp, (v) => v * scale + scale / 7);
  const { data: back, report } = readMrc(writeMrc(volume(data)), 'a.mrc');
  expect([...back]).toEqual([...data]);
  const mean = data.reduce((sum, v) => sum + v, 0) / 24;
  const std = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 24);
  expect(report.stats.mean / mean).toBeCloseTo(1, 12);
  expect(report.stats.rms / std).toBeCloseTo(1, 12);
});

test('an aligned little-endian float file is viewed, not copied', () => {
  const bytes = writeMrc(volume(Float32Array.from(ramp)));
  expect(readMrc(bytes, 'a.mrc').data.buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const { data } = readMrc(shifted.subarray(1), 'a.mrc');
  expect([...data]).toEqual(ramp);
  expect(data.buffer).not.toBe(shifted.buffer);
});

test('NaN and infinite values are counted, and the header statistics leave them out', () => {
  const data = Float32Array.from(ramp);
  data[3] = Number.NaN;
  data[7] = Number.POSITIVE_INFINITY;
  const { report, stats } = readMrc(writeMrc(volume(data)), 'a.mrc');
  expect(stats).toMatchObject({ nonFinite: 2, count: 22, min: -5, max: 18 });
  expect(report.findings.map(({ code }) => code)).toContain('not-finite');
});

/** Every combination of one damaged word: only an `AppError` may come out. */
test('damaged headers never crash and never give more values than the file holds', () => {
  const good = writeMrc(volume(Float32Array.from(ramp)));
  const words = [0, 1, -1, 5, 127, 401, 65535, 2 ** 30, 2147483647, -2147483648, 0x7fc00000, 1e9];
  let opened = 0;
  let refused = 0;
  for (let at = 0; at < 256; at += 4) {
    for (const word of words) {
      for (const little of [true, false]) {
        const bytes = good.slice();
        new DataView(bytes.buffer).setInt32(at, word, little);
        try {
          const { data, report } = readMrc(bytes, 'fuzz.mrc');
          opened++;
          expect(data.length).toBeLessThanOrEqual(2 * (bytes.length - 1024));
          expect(report.shape[0] * report.shape[1] * report.shape[2] * report.volumes).toBe(
            data.length,
          );
          expect(report.voxelSize.every((size) => size > 0 && Number.isFinite(size))).toBe(true);
          expect(report.origin.every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          refused++;
          expect(error.code).toBe('bad-file');
        }
      }
    }
  }
  expect(opened).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(50);
});

test('random headers never crash', () => {
  const random = uniform(7);
  const good = writeMrc(volume(Float32Array.from(ramp)));
  let refused = 0;
  for (let round = 0; round < 3000; round++) {
    const bytes = good.slice(0, Math.floor(random() * (good.length + 1)));
    const flips = Math.floor(random() * 20);
    for (let k = 0; k < flips; k++) {
      const at = Math.floor(random() * Math.min(bytes.length, 256));
      bytes[at] = Math.floor(random() * 256);
    }
    try {
      expect(readMrc(bytes, 'fuzz.mrc').data.length).toBeLessThanOrEqual(2 * good.length);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(1000);
});

test('16-bit floats come back within their three digits', () => {
  const data = Float32Array.from(ramp, (v) => v / 3);
  expect(fitsHalf(data)).toBe(true);
  const bytes = writeMrc(volume(data), { half: true });
  expect(bytes.length).toBe(1024 + 2 * 24);
  const { report, data: back } = readMrc(bytes, 'a.mrc');
  expect(report).toMatchObject({ mode: 12, shape: [2, 3, 4], voxelSize: [1.5, 2.25, 4] });
  back.forEach((value, i) => {
    expect(Math.abs(value - data[i])).toBeLessThanOrEqual(Math.abs(data[i]) * 2 ** -11);
  });
  for (const scale of [1e-9, 1e9]) {
    expect(fitsHalf(data.map((value) => value * scale))).toBe(false);
  }
});
