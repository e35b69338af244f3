import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { writeMrc } from '../mrc/index.ts';
import { writeNpy } from '../npy/index.ts';
import { type ByteSource, headerOf, openSource, reportOf } from './access.ts';
import { openVolumeFile, takeVolume } from './open.ts';
import { takeRegion } from './region.ts';

const FOLDER = new URL('../../../fixtures/', import.meta.url);
const RANGED = { smallBytes: 0 };

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

/** A source that counts the bytes read. */
function counted(
  name: string,
  bytes: Uint8Array,
): ByteSource & { read: ByteSource['read']; total: number } {
  const source = {
    name,
    size: bytes.length,
    total: 0,
    async read(from: number, to: number) {
      const part = bytes.slice(from, to);
      source.total += part.length;
      return part;
    },
  };
  return source;
}

test.each([
  'mrc/generated-with-mrcfile/mode2_f32.mrc',
  'mrc/generated-with-mrcfile/axes_312_f32.mrc',
  'mrc/generated-with-mrcfile/volstack_f32.mrc',
  'mrc/generated-with-mrcfile/mode101_4bit_handmade.mrc',
  'mrc/generated-with-mrcfile/mode4_c64.mrc',
  'mrc/pymol/map_first3.ccp4',
  'mrc/mrcfile/EMD-3197.map',
  'npy/f4_be_f.npy',
  'npy/i8_le_c.npy',
])('%s read in ranges is what it is read whole', async (name) => {
  const bytes = bytesOf(name);
  const file = openVolumeFile(bytes, name);
  const access = await openSource(counted(name, bytes), RANGED);
  const last = file.report.volumes - 1;
  const { volume } = takeVolume(file, last);
  const all = await access.read(last);
  expect(all.volume).toEqual(volume);
  const [nz, ny, nx] = volume.shape;
  const region = {
    start: [Math.floor(nz / 3), Math.floor(ny / 4), Math.floor(nx / 2)],
    shape: [Math.ceil(nz / 3), Math.ceil(ny / 2), Math.ceil(nx / 3)],
  } as const;
  expect((await access.read(last, region)).volume).toEqual(takeRegion(volume, region));
  const report = await reportOf(counted(name, bytes), RANGED);
  expect({ ...report, stats: 0 }).toEqual({ ...file.report, stats: 0 });
  for (const [key, value] of Object.entries(file.report.stats)) {
    expect(report.stats[key as 'min']).toBeCloseTo(value, 5);
  }
});

test('a part of a large file costs its sections only', async () => {
  const shape = [64, 50, 40] as const;
  const data = Float32Array.from({ length: 64 * 50 * 40 }, (_, i) => i);
  const bytes = writeMrc({ data, shape, voxelSize: [10, 10, 10], origin: [5, 6, 7] });
  const source = counted('a.rec', bytes);
  const access = await openSource(source, RANGED);
  const opening = source.total;
  expect(opening).toBeLessThanOrEqual(1 << 17);
  const region = { start: [30, 20, 10], shape: [4, 5, 6] } as const;
  const { volume } = await access.read(0, region);
  expect(source.total - opening).toBe(4 * 5 * 40 * 4);
  expect(volume).toMatchObject({ shape: [4, 5, 6], origin: [105, 206, 307] });
  expect(volume.data[0]).toBe((30 * 50 + 20) * 40 + 10);
});

test('blocks are averaged, what does not fill one is left out', async () => {
  const data = Float32Array.from({ length: 5 * 4 * 3 }, (_, i) => i);
  data[0] = Number.NaN;
  const bytes = writeMrc({ data, shape: [5, 4, 3], voxelSize: [10, 10, 10], origin: [0, 0, 0] });
  for (const options of [RANGED, {}]) {
    const access = await openSource(counted('a.rec', bytes), options);
    const { volume } = await access.readBinned(0, 2);
    expect(volume).toMatchObject({ shape: [2, 2, 1], voxelSize: [20, 20, 20], origin: [5, 5, 5] });
    const block = (z: number, y: number) =>
      [0, 1].flatMap((k) =>
        [0, 1].flatMap((j) => [0, 1].map((i) => ((z + k) * 4 + y + j) * 3 + i)),
      );
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(volume.data[0]).toBeCloseTo(mean(block(0, 0).slice(1)), 5);
    expect(volume.data[3]).toBeCloseTo(mean(block(2, 2)), 5);
  }
});

test('signs of bytes are decided by all bytes, whatever part is read', async () => {
  const bytes = writeMrc({
    data: new Int8Array(Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 200]).buffer),
    shape: [2, 2, 2],
    voxelSize: [1, 1, 1],
    origin: [0, 0, 0],
  });
  const view = new DataView(bytes.buffer);
  view.setFloat32(76, 0, true);
  view.setFloat32(80, 200, true);
  const access = await openSource(counted('a.mrc', bytes), RANGED);
  const { volume, findings } = await access.read(0, { start: [0, 0, 0], shape: [1, 2, 2] });
  expect(volume.data).toBeInstanceOf(Uint8Array);
  expect(findings.map(({ code }) => code)).toContain('mode-0-sign');
});

test.each([
  [0, 200, Uint8Array, 1],
  [-90, 100, Int8Array, 1],
  [0, 0, Int8Array, 0],
])(
  'of a large file that says %d to %d, a part of the bytes is looked at for their sign',
  async (low, high, type, told) => {
    const shape = [128, 1024, 1024] as const;
    const head = writeMrc({
      data: new Int8Array(1),
      shape: [1, 1, 1],
      voxelSize: [1, 1, 1],
      origin: [0, 0, 0],
    }).slice(0, 1024);
    const view = new DataView(head.buffer);
    for (const at of [0, 28]) {
      view.setInt32(at, shape[2], true);
      view.setInt32(at + 4, shape[1], true);
      view.setInt32(at + 8, shape[0], true);
    }
    view.setFloat32(76, low, true);
    view.setFloat32(80, high, true);
    let bytes = 0;
    const access = await openSource({
      name: 'a.mrc',
      size: 1024 + 2 ** 27,
      async read(from, to) {
        if (from === 0) return head;
        bytes += to - from;
        return new Uint8Array(to - from).fill(told * 130);
      },
    });
    const { volume } = await access.read(0, { start: [100, 0, 0], shape: [1, 1024, 1024] });
    expect(volume.data).toBeInstanceOf(type);
    expect(bytes).toBeLessThan(2 ** 26 + 2 ** 21);
  },
);

test('a header is read from the first bytes, also of a packed file', async () => {
  const bytes = writeNpy(new Float32Array(3 * 8 ** 3), [3, 8, 8, 8]);
  for (const content of [bytes, new Uint8Array(gzipSync(bytes))]) {
    expect(await headerOf(counted('a.npy', content))).toMatchObject({
      volumes: 3,
      shape: [8, 8, 8],
    });
  }
});

test('a file that is none is refused before it is read', async () => {
  const source = counted('a.tar', new Uint8Array(1e6));
  await expect(openSource(source, RANGED)).rejects.toThrow(/no known volume format/);
  expect(source.total).toBeLessThan(2e5);
});
