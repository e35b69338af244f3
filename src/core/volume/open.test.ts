import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { writeMrc } from '../mrc/index.ts';
import { writeNpy } from '../npy/index.ts';
import { openVolume, openVolumeFile } from './open.ts';

const FOLDER = new URL('../../../fixtures/mrc/', import.meta.url);

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

const subtomogram = bytesOf('generated-with-mrcfile/subtomo40_f32.mrc');

test('content decides, not the name', () => {
  const { report } = openVolume(new Uint8Array(gzipSync(subtomogram)), 'picture.png');
  expect(report).toMatchObject({ format: 'mrc', compression: 'gzip', shape: [40, 40, 40] });
  const npy = writeNpy(new Float32Array(24), [1, 2, 3, 4, 1]);
  expect(openVolume(npy, 'volume.mrc').report).toMatchObject({ format: 'npy', shape: [2, 3, 4] });
});

test('arrays that are no volume are refused', () => {
  expect(() => openVolume(writeNpy(new Float32Array(48), [2, 3, 2, 2, 1, 2]), 'a.npy')).toThrow(
    'shape (2, 3, 2, 2, 1, 2)',
  );
});

test('wrong kinds of files are named', () => {
  expect(() => openVolume(bytesOf('mrcfile/emd_3197.png.gz'), 'a.gz')).toThrow('a PNG image');
  expect(() => openVolume(bytesOf('README.md'), 'README.md')).toThrow('no known volume format');
});

test('NaN is replaced in what is shown, by the mean', () => {
  const data = Float32Array.from([1, NaN, 3, 5]);
  const grid = { shape: [1, 2, 2], voxelSize: [1, 1, 1], origin: [0, 0, 0] } as const;
  const { volume, stats } = openVolume(writeMrc({ data, ...grid }), 'a.mrc');
  expect([...volume.data]).toEqual([1, 3, 3, 5]);
  expect(stats.nonFinite).toBe(1);
  const nothing = { ...grid, data: new Float32Array(4).fill(NaN) };
  expect(() => openVolume(writeMrc(nothing), 'a.mrc')).toThrow('every value is NaN');
});

test.each(['gzip', 'bzip2'])('cut or damaged %s files are refused in words', (kind) => {
  const good =
    kind === 'gzip' ? new Uint8Array(gzipSync(subtomogram)) : bytesOf('mrcfile/EMD-3001.map.bz2');
  expect(openVolumeFile(good, 'a').report.compression).toBe(kind);
  for (const part of [0.001, 0.1, 0.5, 0.9, 0.9999]) {
    const cut = good.subarray(0, Math.floor(good.length * part));
    expect(() => openVolumeFile(cut, 'a')).toThrow(AppError);
  }
  for (const at of [30, 1000, 50_000, good.length - 10]) {
    const damaged = good.slice();
    damaged[at] ^= 0x10;
    expect(() => openVolumeFile(damaged, 'a')).toThrow(AppError);
  }
});

test('a decompression bomb is stopped at the size that its header claims', () => {
  const bomb = new Uint8Array(gzipSync(Buffer.concat([subtomogram, Buffer.alloc(100e6)])));
  expect(bomb.length).toBeLessThan(1e6);
  const before = process.memoryUsage().arrayBuffers;
  expect(() => openVolumeFile(bomb, 'bomb.mrc.gz')).toThrow(/far more than the 257024 bytes/);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48e6);
});

test('a header that claims too much is refused before it is unpacked', () => {
  const huge = subtomogram.slice();
  new DataView(huge.buffer).setInt32(0, 1_000_000_000, true);
  expect(() => openVolumeFile(new Uint8Array(gzipSync(huge)), 'huge.mrc.gz')).toThrow(
    /unpacked it would have/,
  );
  expect(() =>
    openVolumeFile(new Uint8Array(gzipSync(subtomogram)), 'a.gz', { maxBytes: 1e5 }),
  ).toThrow(/up to 100000 bytes/);
});

test('progress of unpacking rises to 1', () => {
  const seen: number[] = [];
  openVolumeFile(new Uint8Array(gzipSync(subtomogram)), 'a.gz', {
    onProgress: (fraction) => void seen.push(fraction),
  });
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen[seen.length - 1]).toBe(1);
});
