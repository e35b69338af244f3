import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { channelsOf, readPicture } from './index.ts';

/** A white picture, the one that takes the fewest bytes for its size. */
function white(edge: number) {
  const png = new PNG({ width: edge, height: edge });
  png.data = Buffer.alloc(4 * edge ** 2, 255);
  return png;
}

describe('pictures', () => {
  it('of one colour are read, however small their file is', () => {
    const png = new Uint8Array(PNG.sync.write(white(2000), { colorType: 0 }));
    expect(readPicture(png, 'white.png', 'png')).toMatchObject({ width: 2000, height: 2000 });
    const { data } = encodeJpeg({ width: 1000, height: 1000, data: white(1000).data }, 10);
    expect(readPicture(new Uint8Array(data), 'white.jpg', 'jpeg')).toMatchObject({ width: 1000 });
  });

  it.each([
    [16, 0, /a.png: the picture cannot be decoded \(its header is damaged\); accepted: intact PNG/],
    [16, 2_000_000, /its header claims 2000000 x 8 pixels, more than its data can hold/],
    [20, 0x7fff_ffff, /its header claims 8 x 2147483647 pixels, more than its data can hold/],
  ])('are refused at once when their size is impossible: %d, %d', (at, size, message) => {
    const bytes = new Uint8Array(PNG.sync.write(white(8)));
    new DataView(bytes.buffer).setUint32(at, size);
    const start = Date.now();
    expect(() => readPicture(bytes, 'a.png', 'png')).toThrow(message);
    expect(Date.now() - start).toBeLessThan(100);
  });

  it.each([
    [0xffff, /its header claims 8 x 65535 pixels, more than its data can hold/],
    [0, /its header is damaged/],
  ])('JPEG of height %d', (height, message) => {
    const image = { width: 8, height: 8, data: white(8).data };
    const bytes = new Uint8Array(encodeJpeg(image, 50).data.slice(0, 300));
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    new DataView(bytes.buffer).setUint16(frame + 5, height);
    expect(() => readPicture(bytes, 'a.jpg', 'jpeg')).toThrow(message);
  });

  it('of hundreds of scans are refused', () => {
    const image = { width: 8, height: 8, data: white(8).data };
    const good = new Uint8Array(encodeJpeg(image, 50).data);
    const scan = good.subarray(good.findIndex((byte, i) => byte === 0xff && good[i + 1] === 0xda));
    const bytes = new Uint8Array(good.length + 200 * scan.length);
    bytes.set(good);
    for (let i = 0; i < 200; i++) bytes.set(scan, good.length + i * scan.length);
    expect(() => readPicture(bytes, 'a.jpg', 'jpeg')).toThrow(/it has 201 scans/);
  });

  it('that are cut off are refused in our words', () => {
    const bytes = new Uint8Array(PNG.sync.write(white(8)));
    expect(() => readPicture(bytes.subarray(0, bytes.length - 20), 'a.png', 'png')).toThrow(
      /a.png: the picture cannot be decoded \(its data is damaged, or of a rare kind\)/,
    );
  });
});

/** 3 x 2 pixels; red runs over columns, green over rows. */
const RGB = [0, 1].flatMap((y) => [0, 1, 2].map((x) => [100 * x, 200 * y, 50]));

describe('samples', () => {
  it.each([
    ['colour', { colorType: 2 }],
    ['colour with alpha', { colorType: 6 }],
    ['filtered lines', { colorType: 2, filterType: 4 }],
  ] as const)('of a PNG with %s', (_, options) => {
    const png = new PNG({ width: 3, height: 2 });
    png.data = Buffer.from(RGB.flatMap((pixel) => [...pixel, 255]));
    const bytes = new Uint8Array(PNG.sync.write(png, options));
    const { planes } = readPicture(bytes, 'a.png', 'png');
    expect(planes.map((plane) => [...plane])).toEqual([0, 1, 2].map((c) => RGB.map((p) => p[c])));
  });

  it('of 16 bits keep their fractions', () => {
    const png = new PNG({ width: 2, height: 1, bitDepth: 16 });
    png.data = Buffer.from(Uint16Array.from([0, 0, 0, 65535, 1000, 1000, 1000, 65535]).buffer);
    const options = { colorType: 0, bitDepth: 16, inputColorType: 6 } as const;
    const bytes = new Uint8Array(PNG.sync.write(png, options));
    const { planes } = readPicture(bytes, 'a.png', 'png');
    expect(planes[0][1]).toBeCloseTo(1000 / 257, 3);
  });

  it('of a BMP whose palette is cut off are refused', () => {
    const bytes = new Uint8Array(58);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    for (const [at, value] of [
      [10, 54],
      [14, 40],
      [18, 1],
      [22, 1],
    ])
      view.setUint32(at, value, true);
    view.setUint16(28, 8, true);
    bytes[54] = 200;
    expect(() => readPicture(bytes, 'a.bmp', 'bmp')).toThrow(/its data is damaged/);
  });

  it.each([24, 32])('of a BMP of %d bits, bottom row first', (depth) => {
    const rowBytes = 4 * Math.ceil((3 * depth) / 32);
    const bytes = new Uint8Array(54 + 2 * rowBytes);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    for (const [at, value] of [
      [10, 54],
      [14, 40],
      [18, 3],
      [22, 2],
    ])
      view.setUint32(at, value, true);
    view.setUint16(28, depth, true);
    RGB.forEach(([r, g, b], i) => {
      const row = 1 - Math.floor(i / 3);
      bytes.set([b, g, r], 54 + row * rowBytes + (i % 3) * (depth / 8));
    });
    const { planes } = readPicture(bytes, 'a.bmp', 'bmp');
    expect(planes.map((plane) => [...plane])).toEqual([0, 1, 2].map((c) => RGB.map((p) => p[c])));
  });

  it('become luminance for one channel and are the same three times for grey', () => {
    const planes = [100, 200, 50].map((value) => Float32Array.of(value));
    expect(channelsOf({ planes }, 1)[0][0]).toBeCloseTo(0.299 * 100 + 0.587 * 200 + 0.114 * 50, 4);
    expect(channelsOf({ planes: [planes[0]] }, 3)).toEqual([planes[0], planes[0], planes[0]]);
  });
});
