import { AppError, sentence } from '../errors.ts';
import { decodeTiff, isTiffPicture, looksLikeTiff, tiffClaim } from '../tiff/index.ts';
import { decodeBmp } from './bmp.ts';
import { jpegClaim, pngClaim, type Claim } from './claims.ts';
import { jpegOrientation } from './exif.ts';
import { decodeJpeg } from './jpeg.ts';
import { decodePng } from './png.ts';
import { upright } from './turn.ts';
import type { Picture } from './types.ts';

export { channelsOf, luminance } from './planes.ts';
export type { Picture } from './types.ts';

/** The formats of pictures; one row of {@link PICTURE_FORMATS} each. */
export type PictureFormatId = 'png' | 'jpeg' | 'bmp' | 'tiff-picture';

interface PictureFormat {
  looksLike(head: Uint8Array): boolean;
  /** Whether a file that looks like it is a picture, where it may be a volume as well. */
  readonly holdsPicture?: (bytes: Uint8Array) => boolean;
  /** The size that the header claims, refused where the file's data cannot hold it. */
  claim(bytes: Uint8Array): Claim;
  decode(bytes: Uint8Array): Picture;
}

/** Largest picture that is decoded, in pixels. */
const MAX_PIXELS = 64e6;

const startsWith = (head: Uint8Array, ...bytes: readonly number[]) =>
  bytes.every((byte, i) => head[i] === byte);

const bmpClaim = (bytes: Uint8Array): Claim => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw new Error('its header is cut off');
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
};

export const PICTURE_FORMATS: Readonly<Record<PictureFormatId, PictureFormat>> = {
  png: {
    looksLike: (head) => startsWith(head, 0x89, 0x50, 0x4e, 0x47),
    claim: pngClaim,
    decode: decodePng,
  },
  jpeg: {
    looksLike: (head) => startsWith(head, 0xff, 0xd8, 0xff),
    claim: (bytes) => upright(jpegClaim(bytes), jpegOrientation(bytes)),
    decode: decodeJpeg,
  },
  bmp: {
    // Two letters are little; four bytes behind the size are 0 by the format.
    looksLike: (head) =>
      startsWith(head, 0x42, 0x4d) && head.length > 18 && startsWith(head.subarray(6), 0, 0, 0, 0),
    claim: bmpClaim,
    decode: decodeBmp,
  },
  'tiff-picture': {
    looksLike: looksLikeTiff,
    holdsPicture: isTiffPicture,
    claim: tiffClaim,
    decode: decodeTiff,
  },
};

/** Largest file that is read whole, in bytes. */
const MAX_FILE = 2 ** 31 - 1;
/** Bytes that show the format of a picture. */
const HEAD_BYTES = 64;

/** The format of a picture by its content; null for everything else. A file that may be a volume as well is read whole. */
export async function pictureFormatIn(source: {
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}): Promise<PictureFormatId | null> {
  const head = await source.read(0, HEAD_BYTES);
  const ids = Object.keys(PICTURE_FORMATS) as PictureFormatId[];
  const id = ids.find((one) => PICTURE_FORMATS[one].looksLike(head)) ?? null;
  const holds = id && PICTURE_FORMATS[id].holdsPicture;
  if (!holds) return id;
  return source.size <= MAX_FILE && holds(await source.read(0, source.size)) ? id : null;
}

/** The size of a picture by its header. Throws `bad-file` when it is impossible or too large. */
export function pictureSize(bytes: Uint8Array, fileName: string, id: PictureFormatId): Claim {
  try {
    const claim = PICTURE_FORMATS[id].claim(bytes);
    const { width, height } = claim;
    if (width * height > MAX_PIXELS) throw new Error(`it has ${width} x ${height} pixels`);
    return claim;
  } catch (error) {
    throw refused(fileName, sentence(error), error);
  }
}

/** Decodes a picture of a known format. Throws `bad-file` when it is damaged or too large. */
export function readPicture(bytes: Uint8Array, fileName: string, id: PictureFormatId): Picture {
  pictureSize(bytes, fileName, id);
  try {
    return PICTURE_FORMATS[id].decode(bytes);
  } catch (error) {
    // The decoders' own words are about their insides.
    throw refused(fileName, 'its data is damaged, or of a rare kind', error);
  }
}

function refused(fileName: string, problem: string, cause: unknown): AppError {
  return new AppError(
    'bad-file',
    `${fileName}: the picture cannot be decoded (${problem}); accepted: intact PNG, JPEG, TIFF and uncompressed BMP files up to ${MAX_PIXELS / 1e6} megapixels`,
    { cause },
  );
}
