import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { AppError, sentence } from '../src/core/errors.ts';
import { jpegClaim, pngClaim } from './image-claims.ts';

/** A picture as 8-bit samples, `[height, width, 4]` with alpha last. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Largest picture that is decoded, in pixels. */
const MAX_PIXELS = 64e6;

export function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** Decodes a PNG or JPEG, told by content. Throws `bad-file` when it is damaged or too large. */
export function readPicture(bytes: Uint8Array, fileName: string): Picture {
  const png = isPng(bytes);
  const refused = (problem: string, cause: unknown) =>
    new AppError(
      'bad-file',
      `${fileName}: the picture cannot be decoded (${problem}); accepted: intact PNG and JPEG files up to ${MAX_PIXELS / 1e6} megapixels`,
      { cause },
    );
  try {
    const { width, height } = png ? pngClaim(bytes) : jpegClaim(bytes);
    if (width * height > MAX_PIXELS) throw new Error(`it has ${width} x ${height} pixels`);
  } catch (error) {
    throw refused(sentence(error), error);
  }
  try {
    return png ? decodePng(bytes) : decodeJpegPicture(bytes);
  } catch (error) {
    // The decoders' own words are about their insides.
    throw refused('its data is damaged, or of a rare kind', error);
  }
}

function decodePng(bytes: Uint8Array): Picture {
  const { width, height, data } = PNG.sync.read(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  return { width, height, rgba: data };
}

function decodeJpegPicture(bytes: Uint8Array): Picture {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    maxResolutionInMP: MAX_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  return { width, height, rgba: data };
}

/** One plane of `[height, width]` values 0..255 per channel: 3 for colour, 1 for luminance (BT.601). */
export function picturePlanes({ width, height, rgba }: Picture, channels: 1 | 3): Float32Array[] {
  const count = width * height;
  if (channels === 3) {
    return [0, 1, 2].map((c) => Float32Array.from({ length: count }, (_, i) => rgba[4 * i + c]));
  }
  const grey = (i: number): number =>
    0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
  return [Float32Array.from({ length: count }, (_, i) => grey(i))];
}
