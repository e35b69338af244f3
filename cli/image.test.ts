import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { picturePlanes, readPicture } from './image.ts';
import { readInput } from './input.ts';

/** A white picture, the one that takes the fewest bytes for its size. */
function white(edge: number) {
  const png = new PNG({ width: edge, height: edge });
  png.data = Buffer.alloc(4 * edge ** 2, 255);
  return png;
}

describe('pictures', () => {
  it('become a plane for each channel, or their luminance', () => {
    const picture = { width: 2, height: 1, rgba: Uint8Array.of(10, 20, 30, 255, 100, 0, 50, 0) };
    expect(picturePlanes(picture, 3).map((plane) => [...plane])).toEqual([
      [10, 100],
      [20, 0],
      [30, 50],
    ]);
    const [grey] = picturePlanes(picture, 1);
    expect(grey[0]).toBeCloseTo(0.299 * 10 + 0.587 * 20 + 0.114 * 30, 4);
    expect(grey[1]).toBeCloseTo(0.299 * 100 + 0.114 * 50, 4);
  });

  it('are not decoded for a network that cannot take them', async () => {
    const path = join(tmpdir(), `respond-cam-picture-${process.pid}.png`);
    const png = new Uint8Array(PNG.sync.write(white(500), { colorType: 0 }));
    png.fill(0xff, 100); // its size is whole, its data is not
    writeFileSync(path, png);
    try {
      await expect(readInput(path, [8, 8, 3])).rejects.toThrow(
        /The volume has 500 × 500 × 1 voxels .* the network takes 8 × 8 × 1/,
      );
      await expect(readInput(path, [8, 8, 3], {}, { fit: 'crop' })).rejects.toThrow(
        /cannot be decoded/,
      );
    } finally {
      rmSync(path);
    }
  });

  it('of one colour are read, however small their file is', () => {
    const png = new Uint8Array(PNG.sync.write(white(2000), { colorType: 0 }));
    expect(readPicture(png, 'white.png')).toMatchObject({ width: 2000, height: 2000 });
    const { data } = encodeJpeg({ width: 1000, height: 1000, data: white(1000).data }, 10);
    expect(readPicture(new Uint8Array(data), 'white.jpg')).toMatchObject({ width: 1000 });
  });

  it.each([
    [16, 0, /a.png: the picture cannot be decoded \(its header is damaged\); accepted: intact PNG/],
    [16, 2_000_000, /its header claims 2000000 x 8 pixels, more than its data can hold/],
    [20, 0x7fff_ffff, /its header claims 8 x 2147483647 pixels, more than its data can hold/],
  ])('are refused at once when their size is impossible: %d, %d', (at, size, message) => {
    const bytes = new Uint8Array(PNG.sync.write(white(8)));
    new DataView(bytes.buffer).setUint32(at, size);
    const start = Date.now();
    expect(() => readPicture(bytes, 'a.png')).toThrow(message);
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
    expect(() => readPicture(bytes, 'a.jpg')).toThrow(message);
  });

  it('of hundreds of scans are refused', () => {
    const image = { width: 8, height: 8, data: white(8).data };
    const good = new Uint8Array(encodeJpeg(image, 50).data);
    const scan = good.subarray(good.findIndex((byte, i) => byte === 0xff && good[i + 1] === 0xda));
    const bytes = new Uint8Array(good.length + 200 * scan.length);
    bytes.set(good);
    for (let i = 0; i < 200; i++) bytes.set(scan, good.length + i * scan.length);
    expect(() => readPicture(bytes, 'a.jpg')).toThrow(/it has 201 scans/);
  });

  it('that are cut off are refused in our words', () => {
    const bytes = new Uint8Array(PNG.sync.write(white(8)));
    expect(() => readPicture(bytes.subarray(0, bytes.length - 20), 'a.png')).toThrow(
      /a.png: the picture cannot be decoded \(its data is damaged, or of a rare kind\)/,
    );
  });
});
