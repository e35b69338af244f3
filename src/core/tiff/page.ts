import type { Directory } from './directory.ts';

/** Tags of TIFF 6.0. */
const TAG = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  colours: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  format: 339,
} as const;

/** What numbers are stored as. */
export type SampleFormat = 'unsigned' | 'signed' | 'float';
export type Packing = 'none' | 'lzw' | 'deflate' | 'packbits';

const FORMATS: Readonly<Record<number, SampleFormat>> = { 1: 'unsigned', 2: 'signed', 3: 'float' };
const PACKINGS: Readonly<Record<number, Packing>> = {
  1: 'none',
  5: 'lzw',
  8: 'deflate',
  32773: 'packbits',
  32946: 'deflate',
};
const DEPTHS: Readonly<Record<SampleFormat, readonly number[]>> = {
  unsigned: [1, 2, 4, 8, 16, 32],
  signed: [8, 16, 32],
  float: [16, 32, 64],
};
/** What is refused by its usual name. */
const OTHER_PACKINGS: Readonly<Record<number, string>> = {
  2: 'CCITT',
  3: 'CCITT',
  4: 'CCITT',
  6: 'JPEG',
  7: 'JPEG',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
};

export type Photometric = 'white-is-zero' | 'grey' | 'rgb' | 'palette';
const PHOTOMETRICS: Readonly<Record<number, Photometric>> = {
  0: 'white-is-zero',
  1: 'grey',
  2: 'rgb',
  3: 'palette',
};

/** Pieces of an image: strips over its width, or tiles. */
export interface Chunks {
  /** Of a piece, in pixels; the last ones may reach over the edge. */
  readonly width: number;
  readonly height: number;
  readonly tiled: boolean;
  readonly offsets: readonly number[];
  readonly bytes: readonly number[];
}

/** An image of a file, as its tags describe it. */
export interface Page {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samples: number;
  readonly format: SampleFormat;
  readonly packing: Packing;
  /** 1 none, 2 differences of samples, 3 differences of bytes of floats. */
  readonly predictor: number;
  readonly photometric: Photometric;
  /** Samples of a kind together, rather than pixel by pixel. */
  readonly planar: boolean;
  /** Of EXIF, 1 to 8. */
  readonly orientation: number;
  readonly chunks: Chunks;
  /** 16-bit red, green and blue of each entry, one kind after the other; empty without a palette. */
  readonly colours: readonly number[];
}

/** Whether an image is a smaller copy of another one, or a mask of it. */
export function isExtra(directory: Directory): boolean {
  const [subfile = 0] = directory.numbers(TAG.subfile);
  return (subfile & 5) !== 0;
}

/** Throws a sentence for an image of a kind that is not read. */
export function pageOf(directory: Directory): Page {
  const one = (tag: number, otherwise: number) => directory.numbers(tag)[0] ?? otherwise;
  const [width, height] = [one(TAG.width, 0), one(TAG.height, 0)];
  if (!(width > 0 && height > 0)) throw new Error('its header is damaged');
  const samples = one(TAG.samples, 1);
  const depths = directory.numbers(TAG.bits);
  const [bits = 1] = depths;
  const number = one(TAG.format, 1);
  // 4 is not known: whole numbers without a sign.
  const format = FORMATS[number === 4 ? 1 : number];
  const code = one(TAG.compression, 1);
  const packing = PACKINGS[code];
  if (!packing)
    throw new Error(`it is packed with ${OTHER_PACKINGS[code] ?? `a method of number ${code}`}`);
  if (!format || !DEPTHS[format].includes(bits) || depths.some((depth) => depth !== bits))
    throw new Error(`its samples are of ${bits} bits and format ${number}`);
  const photometric = PHOTOMETRICS[one(TAG.photometric, 1)];
  if (!photometric) throw new Error('its colours are neither grey, RGB nor a palette');
  const needed = photometric === 'rgb' ? 3 : 1;
  if (samples < needed || samples > 64) throw new Error(`it has ${samples} samples for a pixel`);
  const colours = photometric === 'palette' ? directory.numbers(TAG.colours) : [];
  if (photometric === 'palette' && (bits > 8 || colours.length !== 3 * 2 ** bits))
    throw new Error('its palette is damaged');
  const predictor = one(TAG.predictor, 1);
  const differs = predictor === 2 ? bits >= 8 : predictor === 3 && format === 'float';
  if (predictor !== 1 && !differs) throw new Error(`it has a predictor of number ${predictor}`);
  const orientation = one(TAG.orientation, 1);
  return {
    ...{ width, height, bits, samples, format, packing, predictor, photometric, colours },
    planar: samples > 1 && one(TAG.planar, 1) === 2,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    chunks: chunksOf(directory, width, height),
  };
}

function chunksOf(directory: Directory, width: number, height: number): Chunks {
  const tiled = directory.numbers(TAG.tileWidth).length > 0;
  const [tileWidth = width] = directory.numbers(TAG.tileWidth);
  const [rows = height] = directory.numbers(tiled ? TAG.tileHeight : TAG.rowsPerStrip);
  const size = { width: tileWidth, height: tiled ? rows : Math.min(rows, height) };
  const offsets = directory.numbers(tiled ? TAG.tileOffsets : TAG.stripOffsets);
  const bytes = directory.numbers(tiled ? TAG.tileBytes : TAG.stripBytes);
  if (!(size.width > 0 && size.height > 0) || offsets.length !== bytes.length)
    throw new Error('its header is damaged');
  return { ...size, tiled, offsets, bytes };
}
