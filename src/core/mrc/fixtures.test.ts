import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { openVolumeFile, volumeOf } from '../volume/index.ts';
import { readMrc } from './index.ts';

const FOLDER = new URL('../../../fixtures/mrc/', import.meta.url);

function open(name: string, options = {}) {
  return openVolumeFile(new Uint8Array(readFileSync(new URL(name, FOLDER))), name, options);
}

function codes(name: string): string[] {
  return open(name).report.findings.map(({ code }) => code);
}

interface Expected {
  readonly shape_zyx: number[];
  readonly mode: number;
  readonly ispg: number;
  readonly nsymbt: number;
  readonly dmin: number;
  readonly dmax: number;
  readonly dmean: number;
  readonly rms: number;
  readonly voxel: number[];
  readonly first: number[];
  readonly last: number;
}

const expected: Record<string, Expected> = JSON.parse(
  readFileSync(new URL('generated-with-mrcfile/expected.json', FOLDER), 'utf8'),
);

test.each(Object.entries(expected).filter(([, e]) => e.first !== undefined))(
  '%s reads as mrcfile reads it',
  (name, e) => {
    const { report, data } = open(`generated-with-mrcfile/${name}`);
    const stack = e.shape_zyx.length === 4;
    const shape = stack ? e.shape_zyx.slice(1) : [1, 1, ...e.shape_zyx].slice(-3);
    expect(report.shape).toEqual(shape);
    expect(report.volumes).toBe(stack ? e.shape_zyx[0] : 1);
    expect(report.mode).toBe(e.mode);
    expect(report.spaceGroup).toBe(e.ispg);
    expect(report.extendedHeader.bytes).toBe(e.nsymbt);
    expect([...data.subarray(0, 5)]).toEqual(e.first);
    expect(data[data.length - 1]).toBe(e.last);
    if (e.mode !== 4) {
      expect(report.stats.min).toBe(e.dmin);
      expect(report.stats.max).toBe(e.dmax);
      expect(report.stats.mean).toBeCloseTo(e.dmean, 3);
      expect(report.stats.rms / e.rms).toBeCloseTo(1, 5);
    }
    const unset = e.voxel[0] === 0;
    report.voxelSize.forEach((size, i) => {
      expect(size).toBeCloseTo(unset ? 1 : e.voxel[i], 5);
    });
    expect(codes(`generated-with-mrcfile/${name}`).includes('voxel-size-unknown')).toBe(unset);
  },
);

test('axes 3, 1, 2 give the volume of the plain file', () => {
  const plain = open('generated-with-mrcfile/mode2_f32.mrc');
  const turned = open('generated-with-mrcfile/axes_312_f32.mrc');
  expect(turned.report.axes).toEqual(['z', 'x', 'y']);
  expect(turned.report.shape).toEqual(plain.report.shape);
  expect(turned.report.voxelSize).toEqual(plain.report.voxelSize);
  expect([...turned.data]).toEqual([...plain.data]);
});

test('packed 4-bit values are unpacked with padded rows', () => {
  const { data } = open('generated-with-mrcfile/mode101_4bit_handmade.mrc');
  expect([...data]).toEqual(Array.from({ length: 60 }, (_, i) => i % 16));
});

test('packed 4-bit values without padding are recognised by the file size', () => {
  const source = readFileSync(new URL('generated-with-mrcfile/mode101_4bit_handmade.mrc', FOLDER));
  const bytes = new Uint8Array(1024 + 30);
  bytes.set(source.subarray(0, 1024));
  for (let i = 0; i < 60; i++) bytes[1024 + (i >> 1)] |= (i % 16) << (4 * (i % 2));
  const { data, report } = readMrc(bytes, 'contiguous.mrc');
  expect([...data]).toEqual(Array.from({ length: 60 }, (_, i) => i % 16));
  expect(report.findings.map(({ code }) => code)).toContain('packed-rows');
});

test('a volume stack gives each of its volumes', () => {
  const file = open('generated-with-mrcfile/volstack_f32.mrc');
  expect(file.report).toMatchObject({ kind: 'volume-stack', volumes: 2, sections: 6 });
  expect(volumeOf(file, 0).data[0]).toBe(-20);
  const second = volumeOf(file, 1).data;
  expect(second).toHaveLength(60);
  expect(second[59]).toBe(78);
  expect(() => volumeOf(file, 2)).toThrow(/accepted: 1 to 2/);
});

test('an image stack is called one', () => {
  const { report } = open('generated-with-mrcfile/stack_i16.mrcs');
  expect(report.kind).toBe('image-stack');
  expect(codes('generated-with-mrcfile/stack_i16.mrcs')).toContain('image-stack');
  expect(open('generated-with-mrcfile/image2d_f32.mrc').report.kind).toBe('image');
});

test('extended headers are skipped and named', () => {
  expect(open('generated-with-mrcfile/ext_ccp4_sym.mrc').report.extendedHeader).toEqual({
    type: 'CCP4',
    bytes: 160,
  });
  expect(open('generated-with-mrcfile/ext_mrco.mrc').report.extendedHeader.type).toBe('MRCO');
});

test.each([
  ['axes_zero', 'axes-invalid'],
  ['bad_machst', 'machine-stamp'],
  ['no_map_id', 'no-map-id'],
  ['nsymbt_negative', 'extended-header-size'],
  ['nsymbt_past_end', 'extended-header-size'],
  ['trailing_bytes', 'trailing-bytes'],
  ['wrong_machst', 'machine-stamp-wrong'],
])('bad_%s reads as the undamaged file, with the finding %s', (name, code) => {
  const good = open('generated-with-mrcfile/mode2_f32.mrc');
  const bad = open(`generated-with-mrcfile/bad_${name}.mrc`);
  expect(bad.data).toEqual(good.data);
  expect(codes('generated-with-mrcfile/mode2_f32.mrc')).toEqual([]);
  expect(codes(`generated-with-mrcfile/bad_${name}.mrc`)).toEqual([code]);
});

test.each([
  ['empty', 'the file is empty'],
  ['huge_nx', '2147483647 x 4 x 3 values'],
  ['negative_nx', 'a size of -5 x 4 x 3'],
  ['truncated_data', '7 too few'],
  ['truncated_header', 'less than the 1024 of an MRC header'],
  ['unknown_mode99', 'mode 99'],
])('bad_%s is refused: %s', (name, words) => {
  const path = `generated-with-mrcfile/bad_${name}.mrc`;
  expect(() => open(path)).toThrow(AppError);
  expect(() => open(path)).toThrow(words);
  expect(() => open(path)).toThrow(`${path}: `);
  expect(() => open(path)).toThrow('; accepted: ');
});

test('gemmi: a grid that is a part of its cell, axes y, z, x', () => {
  const { report, data } = open('gemmi/iota_yzx.ccp4.gz');
  expect(report).toMatchObject({
    compression: 'gzip',
    axes: ['y', 'z', 'x'],
    shape: [2, 1, 4],
    voxelSize: [30, 22, 20],
    origin: [1 * 30, 20 * 22, -3 * 20],
  });
  // stored as 60, 61, 102, 103, ...: rows along z, sections along x
  expect([...data]).toEqual([60, 102, 144, 186, 61, 103, 145, 187]);
  expect(codes('gemmi/5i55_tiny.ccp4')).toEqual(
    expect.arrayContaining(['axis-order', 'cell-not-orthogonal', 'origin-from-start']),
  );
});

test('EMDB: gzip, bzip2 and plain files hold the same volume', () => {
  const plain = open('mrcfile/EMD-3197.map');
  const gz = open('mrcfile/emd_3197.map.gz');
  expect(sameBytes(gz.data, plain.data)).toBe(true);
  expect(plain.report).toMatchObject({ shape: [20, 20, 20], origin: [-22.8, 0, 0] });
  const monoclinic = open('mrcfile/EMD-3001.map.bz2');
  expect(monoclinic.report).toMatchObject({ compression: 'bzip2', axes: ['z', 'x', 'y'] });
  expect(sameBytes(open('mrcfile/emd_3001.map.gz').data, monoclinic.data)).toBe(true);
  expect(monoclinic.report.stats.max).toBeCloseTo(0.72161025, 7);
  expect(monoclinic.report.stats.rms).toBeCloseTo(0.1570572, 6);
});

test('NGL: bytes rescaled from floats come back within half a step', () => {
  const floats = open('ngl/test_data_3pqr.ccp4.bz2');
  const bytes = open('ngl/test_data_3pqr-mode0.ccp4.bz2');
  expect(bytes.report.mode).toBe(0);
  const step = (floats.report.stats.max - floats.report.stats.min) / 255;
  let worst = 0;
  for (let i = 0; i < floats.data.length; i++) {
    worst = Math.max(worst, Math.abs(floats.data[i] - bytes.data[i]));
  }
  expect(worst / step).toBeLessThan(0.501);
});

test('PyMOL: big-endian CCP4 with symmetry records; a header whose axes were swapped', () => {
  const { report } = open('pymol/map_first3.ccp4');
  expect(report).toMatchObject({ endian: 'big', extendedHeader: { type: null, bytes: 640 } });
  expect(report.stats.min).toBeGreaterThan(-0.9108);
  expect(open('pymol/emd_1155_first2.ccp4').report.voxelSize).toEqual(
    [16.4, 16.4, 16.4].map(closeTo),
  );
});

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = [a, b].map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength));
  return bytes[0].equals(bytes[1]);
}

function closeTo(value: number): unknown {
  return expect.closeTo(value, 4);
}
