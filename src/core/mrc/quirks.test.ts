import { expect, test } from 'vitest';
import type { VolumeReport } from '../volume/index.ts';
import { IMOD_STAMP } from './header.ts';
import { readMrc, writeMrc } from './index.ts';

/** A file of 2 x 2 x 2 values with some header fields changed. */
function file(
  data: Float32Array | Int8Array,
  edit: (view: DataView, bytes: Uint8Array) => void,
): Uint8Array {
  const bytes = writeMrc({ data, shape: [2, 2, 2], voxelSize: [5, 5, 5], origin: [0, 0, 0] });
  edit(new DataView(bytes.buffer), bytes);
  return bytes;
}

const floats = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
/** Bytes 0, 100, 200 and so on, stored as int8. */
const bytes8 = new Int8Array(Uint8Array.from([0, 100, 200, 255, 1, 2, 3, 4]).buffer);

function codes(report: VolumeReport): string[] {
  return report.findings.map(({ code }) => code);
}

function imod(view: DataView, flags: number): void {
  view.setInt32(152, IMOD_STAMP, true);
  view.setInt32(156, flags, true);
}

test.each([
  [[0x44, 0x44, 0, 0], []],
  [[0x44, 0x41, 0, 0], []],
  [[0x44, 0x11, 0, 0], ['machine-stamp-variant']],
  [[0x44, 0x00, 0, 0], ['machine-stamp-variant']],
  [[0x44, 0x20, 0x20, 0x20], ['machine-stamp-variant']],
  [[0, 0, 0, 0], ['machine-stamp']],
  [[0x11, 0x11, 0, 0], ['machine-stamp-wrong']],
])('machine stamp %j', (stamp, expected) => {
  const { data, report } = readMrc(
    file(floats, (_, bytes) => bytes.set(stamp, 212)),
    'a.mrc',
  );
  expect([...data]).toEqual([...floats]);
  expect(codes(report)).toEqual(expected);
});

test('IMOD stamp decides the sign of bytes, whatever the statistics say', () => {
  const signed = readMrc(
    file(bytes8, (view) => imod(view, 1)),
    'a.mrc',
  );
  expect(signed.data[2]).toBe(200 - 256);
  const unsigned = readMrc(
    file(bytes8, (view) => imod(view, 0)),
    'a.mrc',
  );
  expect(unsigned.data[2]).toBe(200);
});

test('without it DMIN and DMAX decide, and the user overrides', () => {
  const old = file(bytes8, (view) => {
    view.setFloat32(76, 0, true);
    view.setFloat32(80, 255, true);
  });
  const { data, report } = readMrc(old, 'a.mrc');
  expect([...data]).toEqual([0, 100, 200, 255, 1, 2, 3, 4]);
  expect(codes(report)).toEqual(['mode-0-sign']);
  expect(readMrc(old, 'a.mrc', { signedBytes: true }).data[3]).toBe(-1);

  const silent = file(bytes8, (view) => {
    view.setFloat32(76, 0, true);
    view.setFloat32(80, -1, true);
  });
  const guessed = readMrc(silent, 'a.mrc');
  expect(guessed.data[3]).toBe(-1);
  expect(codes(guessed.report)).toEqual(['mode-0-sign', 'header-stats-unset']);
});

test("IMOD's 4-bit flag doubles the columns", () => {
  const bytes = file(bytes8, (view) => imod(view, 16));
  bytes.set([0x21, 0x43], 1024);
  const { data, report } = readMrc(bytes, 'a.mrc');
  expect(report.shape).toEqual([2, 2, 4]);
  expect(report.voxelSize).toEqual([2.5, 5, 5]);
  expect([...data.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
});

test("IMOD's own sign of the origin is changed only without flag 4 and without MRC2014", () => {
  const origin = (flags: number, version: number) =>
    readMrc(
      file(floats, (view) => {
        imod(view, flags);
        view.setInt32(108, version, true);
        view.setFloat32(196, 30, true);
      }),
      'a.mrc',
    ).report.origin[0];
  expect(origin(0, 0)).toBe(-30);
  expect(origin(4, 0)).toBe(30);
  expect(origin(0, 20140)).toBe(30);
});

test('cell, origin and start fall back in words', () => {
  const cases: [(view: DataView) => void, string, Partial<VolumeReport>][] = [
    [(v) => v.setFloat32(40, -3, true), 'voxel-size-unknown', { voxelSize: [5, 5, 5] }],
    [(v) => v.setFloat32(196, Number.NaN, true), 'origin-implausible', { origin: [0, 0, 0] }],
    [(v) => v.setFloat32(196, 1e20, true), 'origin-implausible', { origin: [0, 0, 0] }],
    [(v) => v.setInt32(16, -3, true), 'origin-from-start', { origin: [-15, 0, 0] }],
    [(v) => v.setFloat32(52, 120, true), 'cell-not-orthogonal', {}],
    [(v) => v.setFloat32(44, 1e6, true), 'voxel-size-implausible', {}],
    [(v) => v.setInt32(88, 401, true), 'volume-stack', { volumes: 1 }],
    [(v) => v.setInt32(88, 0, true), 'space-group-0', { kind: 'volume' }],
    [(v) => v.setInt32(220, 99, true), 'label-count', {}],
    [(v) => v.setFloat32(80, 70, true), 'header-stats-differ', {}],
  ];
  for (const [edit, code, part] of cases) {
    const { report } = readMrc(file(floats, edit), 'a.mrc');
    expect(codes(report)).toContain(code);
    expect(report).toMatchObject(part);
  }
});

test('a stack whose sections are no whole volumes is one volume', () => {
  const { report } = readMrc(
    file(floats, (view) => {
      view.setInt32(88, 401, true);
      view.setInt32(36, 3, true);
    }),
    'a.mrc',
  );
  expect(report).toMatchObject({ kind: 'volume', volumes: 1, shape: [2, 2, 2] });
  expect(codes(report)).toContain('volume-stack-broken');
});

test('complex integers show their real part', () => {
  const bytes = file(Float32Array.from(floats), (view) => {
    view.setInt32(12, 3, true);
    for (let i = 0; i < 8; i++) {
      view.setInt16(1024 + 4 * i, 10 * i, true);
      view.setInt16(1026 + 4 * i, -1, true);
    }
  });
  const { data, report } = readMrc(bytes, 'fft.mrc');
  expect([...data]).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
  expect(codes(report)).toEqual(['complex-real-part']);
});

test.each<[string, number, number, string, string[]]>([
  // name, space group, MZ, kind, findings
  ['a.mrcs', 0, 2, 'image-stack', ['image-stack']], // Warp, cryoDRGN
  ['a.mrcs', 1, 2, 'image-stack', ['name-and-header-differ', 'image-stack']], // mrcfile's default
  ['a.mrcs.gz', 0, 1, 'image-stack', ['image-stack']],
  ['a.st', 0, 2, 'image-stack', ['image-stack']],
  ['a.mrc', 0, 1, 'image-stack', ['image-stack']],
  ['a.rec', 0, 1, 'volume', ['name-and-header-differ']],
  ['a.mrc', 0, 2, 'volume', ['space-group-0']],
  ['a.mrc', 1, 2, 'volume', []],
  ['a.mrcs', 401, 1, 'volume-stack', ['volume-stack', 'name-and-header-differ']],
])('%s with space group %i and MZ %i is %s', (name, spaceGroup, mz, kind, expected) => {
  const bytes = file(floats, (view) => {
    view.setInt32(88, spaceGroup, true);
    view.setInt32(36, mz, true);
    view.setFloat32(48, 5 * mz, true);
  });
  const { report } = readMrc(bytes, name);
  expect(report.kind).toBe(kind);
  expect(codes(report).filter((code) => code !== 'cell-grid-differs')).toEqual(expected);
  // the user's word counts most
  expect(readMrc(bytes, name, { readAs: 'images' }).report.kind).toBe('image-stack');
  const volume = readMrc(bytes, name, { readAs: 'volume' }).report.kind;
  expect(volume).toBe(spaceGroup === 401 ? 'volume-stack' : 'volume');
});

test.each([1e-45, 1e-5, 1e-3, 1e10, 3e38, Number.NaN, Number.POSITIVE_INFINITY, 0, -1])(
  'a cell of %g Å along every axis gives no voxel size',
  (length) => {
    const { report } = readMrc(
      file(floats, (view) => [40, 44, 48].forEach((at) => void view.setFloat32(at, length, true))),
      'a.mrc',
    );
    expect(report).toMatchObject({ voxelSize: [1, 1, 1], voxelSizeKnown: false });
    expect(codes(report)).toContain('voxel-size-unknown');
  },
);

test('an image needs no length along z', () => {
  const bytes = writeMrc({
    data: floats,
    shape: [1, 2, 4],
    voxelSize: [3, 3, 3],
    origin: [0, 0, 0],
  });
  new DataView(bytes.buffer).setFloat32(48, 0, true);
  const { report } = readMrc(bytes, 'a.mrc');
  expect(report).toMatchObject({ voxelSize: [3, 3, 3], voxelSizeKnown: true });
});

test('a volume written without a voxel size comes back without one', () => {
  const volume = {
    data: floats,
    shape: [2, 2, 2],
    voxelSize: [1, 1, 1],
    origin: [0, 0, 0],
  } as const;
  const { report } = readMrc(writeMrc(volume, { voxelSizeKnown: false }), 'a.mrc');
  expect(report.voxelSizeKnown).toBe(false);
});

test('one value everywhere is a warning', () => {
  const { report } = readMrc(
    file(new Float32Array(8).fill(-2), () => undefined),
    'a.mrc',
  );
  expect(report.findings).toMatchObject([
    { code: 'constant', severity: 'warning', message: expect.stringContaining('equal (-2)') },
  ]);
});

test.each([
  [16, 'RGB colour'],
  [1002, 'MRCZ'],
  [99, 'mode 99;'],
])('mode %i is refused by name', (mode, words) => {
  const bytes = file(floats, (view) => view.setInt32(12, mode, true));
  expect(() => readMrc(bytes, 'a.mrc')).toThrow(words);
});
