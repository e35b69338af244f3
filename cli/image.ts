import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { AppError, sentence } from '../src/core/errors.ts';
import { type Claim, jpegClaim, pngClaim } from './image-claims.ts';

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

/** The size of a PNG or JPEG by its header. Throws `bad-file` when it is impossible or too large. */
export function pictureSize(bytes: Uint8Array, fileName: string): Claim {
  try {
    const claim = isPng(bytes) ? pngClaim(bytes) : jpegClaim(bytes);
    const { width, height } = claim;
    if (width * height > MAX_PIXELS) throw new Error(`it has ${width} x ${height} pixels`);
    return claim;
  } catch (error) {
    throw refused(fileName, sentence(error), error);
  }
}

/** Decodes a PNG or JPEG, told by content. Throws `bad-file` when it is damaged or too large. */
export function readPicture(bytes: Uint8Array, fileName: string): Picture {
  pictureSize(bytes, fileName);
  try {
    return isPng(bytes) ? decodePng(bytes) : decodeJpegPicture(bytes);
  } catch (error) {
    // The decoders' own words are about their insides.
    throw refused(fileName, 'its data is damaged, or of a rare kind', error);
  }
}

function refused(fileName: string, problem: string, cause: unknown): AppError {
  return new AppError(
    'bad-file',
    `${fileName}: the picture cannot be decoded (${problem}); accepted: intact PNG and JPEG files up to ${MAX_PIXELS / 1e6} megapixels`,
    { cause },
  );
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
  const planes = Array.from({ length: channels }, () => new Float32Array(count));
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    if (channels === 1) {
      planes[0][i] = 0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2];
    } else for (let c = 0; c < 3; c++) planes[c][i] = rgba[at + c];
  }
  return planes;
}
