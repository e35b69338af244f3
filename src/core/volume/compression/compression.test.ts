import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { writeMrc } from '../../mrc/index.ts';
import { openVolumeFile } from '../open.ts';

const volume = writeMrc({
  data: Float32Array.from({ length: 512 }, (_, i) => Math.sin(i)),
  shape: [8, 8, 8],
  voxelSize: [10, 10, 10],
  origin: [0, 0, 0],
});
const half = 1500;
const parts = [volume.subarray(0, half), volume.subarray(half)].map((part) => gzipSync(part));
const open = (bytes: Uint8Array) => openVolumeFile(new Uint8Array(bytes), 'a.mrc.gz');

test.each([0, 1, 3, 8, 9, 500])('%i zeros behind gzip data are padding', (zeros) => {
  for (const members of [[gzipSync(volume)], parts]) {
    const { data } = open(Buffer.concat([...members, Buffer.alloc(zeros)]));
    expect(data[5]).toBe(Math.fround(Math.sin(5)));
  }
});

test('the checksum of every member counts', () => {
  expect(open(Buffer.concat(parts)).data).toHaveLength(512);
  for (const member of [0, 1]) {
    for (const fromEnd of [1, 5]) {
      const damaged = parts.map((part) => Buffer.from(part));
      damaged[member][damaged[member].length - fromEnd] ^= 1;
      expect(() => open(Buffer.concat(damaged))).toThrow(/checksum/);
    }
  }
});

test('other bytes behind gzip data are damage', () => {
  expect(() => open(Buffer.concat([...parts, Buffer.from('more')]))).toThrow(/damaged or cut off/);
});

test('a thousand empty bzip2 streams cost nothing', () => {
  // "BZh9", the mark of the end, no checksum
  const empty = [0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0];
  const bytes = Uint8Array.from({ length: 14_000 }, (_, i) => empty[i % 14]);
  const started = performance.now();
  expect(() => openVolumeFile(bytes, 'a.mrc.bz2')).toThrow(/0 bytes/);
  expect(performance.now() - started).toBeLessThan(500);
});
