import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { AppError } from '../../errors.ts';
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

const packed = new URL('../../../../fixtures/packed/', import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, packed)));
const plain = openVolumeFile(bytesOf('volume.mrc'), 'volume.mrc');

const READ: readonly [string, string][] = [
  ['xz', 'xz-default.mrc.xz'],
  ['xz', 'xz-blocks-crc32.mrc.xz'],
  ['xz', 'xz-two-streams-padded.mrc.xz'],
  ['xz', 'xz-contexts.mrc.xz'],
  ['zstd', 'zstd-default.mrc.zst'],
  ['zstd', 'zstd-pipe-19.mrc.zst'],
  ['zstd', 'zstd-no-check.mrc.zst'],
  ['zstd', 'zstd-frames.mrc.zst'],
];

test.each(READ)('%s is unpacked: %s', (compression, name) => {
  const { data, report } = openVolumeFile(bytesOf(name), name);
  expect(data).toEqual(plain.data);
  expect(report).toEqual({ ...plain.report, compression });
});

test.each(READ)('%s is refused where it is cut off or ends in other bytes: %s', (_, name) => {
  const good = bytesOf(name);
  for (let length = 1; length < good.length; length += 97) {
    expect(() => openVolumeFile(good.slice(0, length), name)).toThrow(AppError);
  }
  expect(() => openVolumeFile(Buffer.concat([good, Buffer.from('more')]), name)).toThrow(
    /damaged or cut off/,
  );
});

test.each(['xz-default.mrc.xz', 'xz-blocks-crc32.mrc.xz', 'zstd-default.mrc.zst'])(
  'no byte of %s is changed without being noticed',
  (name) => {
    const good = bytesOf(name);
    for (let at = 0; at < good.length; at += 41) {
      const bytes = good.slice();
      bytes[at] ^= 1 << (at % 8);
      expect(() => openVolumeFile(bytes, name), `byte ${at}`).toThrow(AppError);
    }
  },
);

test('what is packed in another way is named', () => {
  expect(() => openVolumeFile(bytesOf('xz-delta.mrc.xz'), 'a.xz')).toThrow(
    /a\.xz: the xz data is packed in a way that is not read \(it .*other filters than LZMA2/,
  );
  expect(() => openVolumeFile(bytesOf('xz-sha256.mrc.xz'), 'a.xz')).toThrow(
    /another sum than CRC-32 or CRC-64/,
  );
});

test('a window is not believed before it is needed', () => {
  // One block that is raw, 8 bytes, and the last; a window of 1 GB or a content of 2^53.
  const block = [(8 << 3) | 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
  const before = process.memoryUsage().arrayBuffers;
  for (const header of [
    [0, 20 << 3],
    [0xe0, 0, 0, 0, 0, 0, 0, 32, 0],
  ]) {
    const bytes = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...header, ...block]);
    expect(() => openVolumeFile(bytes, 'a.mrc.zst')).toThrow(AppError);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16e6);
});

test('blocks that hold nothing cost nothing', () => {
  // A megabyte of compressed blocks without content, in a window of 128 MB
  const empty = [(2 << 1) | (2 << 3), 0, 0, 0, 0];
  const frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3];
  const bytes = Uint8Array.from({ length: 1e6 }, (_, i) => frame[i] ?? empty[(i - 6) % 5]);
  const started = performance.now();
  expect(() => openVolumeFile(bytes, 'a.mrc.zst')).toThrow(AppError);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('a thousand empty bzip2 streams cost nothing', () => {
  // "BZh9", the mark of the end, no checksum
  const empty = [0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0];
  const bytes = Uint8Array.from({ length: 14_000 }, (_, i) => empty[i % 14]);
  const started = performance.now();
  expect(() => openVolumeFile(bytes, 'a.mrc.bz2')).toThrow(/unpacked it is empty/);
  expect(performance.now() - started).toBeLessThan(500);
});
