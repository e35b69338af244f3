import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pictureFormatIn, pictureSize, readPicture } from '../picture/index.ts';
import { memorySource, openVolume } from '../volume/index.ts';

/** Written by tifffile and Pillow, and what they read: `fixtures/tiff/make_tiff.py`. */
const folder = fileURLToPath(new URL('../../../fixtures/tiff/', import.meta.url));
const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;
const bytesOf = (name: string) => new Uint8Array(readFileSync(folder + name));
const kindOf = (bytes: Uint8Array) => pictureFormatIn(memorySource('a', bytes));

describe('TIFF as measurements', () => {
  it.each([
    ...['u16_le', 'u16_be', 'f32_le', 'f32_be', 'i8', 'i32', 'u32_deflate', 'f16', 'f64'],
    ...['i16_lzw_predictor_le', 'i16_lzw_predictor_be'],
    ...['f32_deflate_predictor_le', 'f32_deflate_predictor_be'],
    ...['u16_tiles_lzw', 'u16_strips_deflate', 'u16_bigtiff', 'u8_packbits', 'u8_lzw_long'],
    ...['u8_white_is_zero', 'stack_f32', 'stack_imagej', 'stack_ome'],
  ])('%s has the values that tifffile reads', (name) => {
    const { volume, report } = openVolume(bytesOf(`${name}.tif`), name);
    const { shape, values } = expected[name];
    expect(volume.shape.slice(-shape.length)).toEqual(shape);
    const scale = Math.max(...values.map(Math.abs));
    for (const [i, value] of volume.data.entries())
      expect(Math.abs(value - values[i])).toBeLessThan(1e-6 * scale + 1e-12);
    expect(report.kind).toBe(shape.length === 3 ? 'volume' : 'image');
  });

  it('of several images is a volume, or images where the user says so', async () => {
    const bytes = bytesOf('stack_f32.tif');
    expect(await kindOf(bytes)).toBe(null);
    const { report } = openVolume(bytes, 'stack.tif', { readAs: 'images' });
    expect(report).toMatchObject({ kind: 'image-stack', shape: [4, 5, 6] });
  });

  it.each([
    ['stack_imagej', [13.5, 13.5, 27]],
    ['stack_ome', [13.5, 13.5, 27]],
  ])('%s says how large its voxels are', (name, size) => {
    const { volume } = openVolume(bytesOf(`${name}.tif`), name);
    expect(volume.voxelSizeKnown).toBe(true);
    for (const [axis, one] of volume.voxelSize.entries()) expect(one).toBeCloseTo(size[axis], 3);
  });

  it('takes no resolution for printing as a voxel size', () => {
    const { volume, report } = openVolume(bytesOf('u16_le.tif'), 'a.tif');
    expect(volume.voxelSizeKnown).toBe(false);
    expect(report.findings.map(({ code }) => code)).toContain('voxel-size-unknown');
  });

  it('is luminance where it is in colour', () => {
    const { volume, report } = openVolume(bytesOf('rgb.tif'), 'a.tif');
    const [r, g, b] = expected.rgb.values;
    expect(volume.data[0]).toBeCloseTo(0.299 * r + 0.587 * g + 0.114 * b, 3);
    expect(report.valueType).toBe('colour');
  });
});

describe('TIFF as pictures', () => {
  it.each(['rgb', 'rgb_deflate_predictor', 'rgb_planar', 'rgb16', 'rgba', 'palette'])(
    '%s',
    async (name) => {
      const bytes = bytesOf(`${name}.tif`);
      expect(await kindOf(bytes)).toBe('tiff-picture');
      const { planes } = readPicture(bytes, name, 'tiff-picture');
      const { shape, values } = expected[name];
      const planar = name === 'rgb_planar';
      const samples = planar ? 3 : shape[2];
      for (const [c, plane] of planes.entries())
        for (const [i, value] of plane.entries()) {
          const wanted = values[planar ? c * plane.length + i : i * samples + c];
          expect(value).toBeCloseTo(name === 'rgb16' ? wanted / 257 : wanted, 3);
        }
    },
  );

  it('of one bit, and with white as 0', async () => {
    const { planes } = readPicture(bytesOf('bits.tif'), 'a.tif', 'tiff-picture');
    expect([...planes[0]]).toEqual(expected.bits.values.map((bit) => 255 * bit));
    const white = readPicture(bytesOf('u8_white_is_zero.tif'), 'a.tif', 'tiff-picture');
    expect(white.planes[0][3]).toBe(252);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are upright, as JPEG are: orientation %d', (orientation) => {
    const name = `orientation_${orientation}`;
    const { shape, values } = expected[name];
    const tiff = readPicture(bytesOf(`${name}.tif`), name, 'tiff-picture');
    expect([tiff.height, tiff.width]).toEqual(shape);
    expect([...tiff.planes[0]]).toEqual(values);

    const bytes = bytesOf(`${name}.jpg`);
    const jpeg = readPicture(bytes, name, 'jpeg');
    expect([jpeg.height, jpeg.width]).toEqual(shape.map((size) => 8 * size));
    expect(pictureSize(bytes, name, 'jpeg')).toMatchObject({ width: jpeg.width });
    for (const [i, value] of values.entries()) {
      const [y, x] = [Math.floor(i / shape[1]), i % shape[1]];
      expect(Math.abs(jpeg.planes[0][(8 * y + 4) * jpeg.width + 8 * x + 4] - value)).toBeLessThan(
        4,
      );
    }
  });
});

describe('TIFF that cannot be read', () => {
  /** Changes the value of a tag of the first directory of a little-endian file. */
  const withTag = (name: string, tag: number, value: number) => {
    const bytes = bytesOf(name);
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    for (let i = 0; i < view.getUint16(first, true); i++) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, true) !== tag) continue;
      if (view.getUint16(entry + 2, true) === 3) view.setUint16(entry + 8, value, true);
      else view.setUint32(entry + 8, value, true);
    }
    return bytes;
  };

  it.each([
    ['a method that is not read', () => bytesOf('jpeg.tif'), /packed with JPEG/],
    ['an end too early', () => bytesOf('u16_le.tif').subarray(0, 300), /it is cut off|data is cut/],
    ['a width beyond its data', () => withTag('u16_le.tif', 256, 60_000), /more than its data/],
    ['strips that are too long', () => withTag('u16_le.tif', 279, 9e6), /cut off/],
    ['an odd depth', () => withTag('u16_le.tif', 258, 12), /samples are of 12 bits/],
    [
      'directories in a circle',
      () => {
        const bytes = bytesOf('u16_le.tif');
        const view = new DataView(bytes.buffer);
        const first = view.getUint32(4, true);
        view.setUint32(first + 2 + 12 * view.getUint16(first, true), first, true);
        return bytes;
      },
      /run in a circle/,
    ],
  ])('says so in a sentence: %s', (_, make, message) => {
    const open = () => openVolume(make(), 'a.tif');
    expect(open).toThrow(message);
    expect(open).toThrow(/^a.tif: the TIFF file cannot be read .*; accepted: grey, RGB/);
  });
});
