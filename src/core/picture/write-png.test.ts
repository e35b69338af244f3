import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PNG } from 'pngjs';
import { encodePng, findChunk, sizeChunk, textChunk, withChunks } from './write-png.ts';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
}

/** A grey picture of one pixel. */
const pixel = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
  chunk('IDAT', deflateSync(Buffer.from([0, 128]))),
  chunk('IEND', Buffer.alloc(0)),
]);

function chunksOf(png: Buffer) {
  const found: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    found.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return found;
}

const withTexts = (png: Uint8Array, texts: Readonly<Record<string, string>>) =>
  withChunks(
    png,
    Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text)),
  );

describe('withChunks', () => {
  it('adds texts that a PNG reader finds intact, and leaves the picture alone', () => {
    const texts = { Title: 'Respond-CAM − 2 nm, σ', 'Respond-CAM': '{"class":"1AON"}' };
    const chunks = chunksOf(Buffer.from(withTexts(pixel, texts)));
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'iTXt', 'iTXt', 'IDAT', 'IEND']);
    const read = chunks.slice(1, 3).map(({ data }) => {
      const end = data.indexOf(0);
      expect([...data.subarray(end, end + 5)]).toEqual([0, 0, 0, 0, 0]);
      return [data.toString('latin1', 0, end), data.toString('utf8', end + 5)];
    });
    expect(read).toEqual(Object.entries(texts));
    expect(chunks[3].data).toEqual(chunksOf(pixel)[1].data);
  });

  it('refuses what is not a PNG, and keywords that PNG does not allow', () => {
    expect(() => withTexts(new Uint8Array(100), {})).toThrow('PNG picture');
    for (const keyword of ['', ' lead', 'trail ', 'a'.repeat(80), 'σ']) {
      expect(() => withTexts(pixel, { [keyword]: 'x' })).toThrow('cannot name a PNG text');
    }
  });

  it('adds data that is found again, and is not where it is damaged or cut off', () => {
    const data = Uint8Array.from({ length: 300 }, (_, i) => i);
    const png = withChunks(pixel, [sizeChunk(300), { type: 'rcSs', data }]);
    expect(PNG.sync.read(Buffer.from(png)).width).toBe(1);
    expect(findChunk(png, 'rcSs')).toEqual(data);
    // 300 dpi are 11811 pixels per metre.
    expect(Array.from(findChunk(png, 'pHYs')!)).toEqual([0, 0, 46, 35, 0, 0, 46, 35, 1]);
    expect(findChunk(png, 'eXIf')).toBeNull();
    expect(findChunk(png.subarray(0, 200), 'rcSs')).toBeNull();
    expect(findChunk(new Uint8Array(100), 'rcSs')).toBeNull();
    const damaged = png.slice();
    damaged[100] ^= 1;
    expect(findChunk(damaged, 'rcSs')).toBeNull();
  });
});

describe('encodePng', () => {
  it('is read by another program as it was', () => {
    const rgba = Uint8Array.from({ length: 5 * 3 * 4 }, (_, i) => (i * 37) & 255);
    const { width, height, data } = PNG.sync.read(Buffer.from(encodePng(rgba, 5, 3)));
    expect([width, height, ...data]).toEqual([5, 3, ...rgba]);
  });
});
