/**
 * What a picture claims to be, and whether its bytes can hold that: decoders allocate, and loop, by what the
 * header says.
 */

/** Deflate gives at most 1032 bytes for one; rows that are all the same do. */
const MAX_DEFLATE = 1040;
/** Pixels of a byte of JPEG: one bit for a block of 8 x 8, in a progressive file of one colour. */
const MAX_JPEG = 1024;

/** Scans of a progressive JPEG, each of which goes over all pixels; usual are about ten. */
const MAX_SCANS = 100;

/** Bits of a pixel by colour type, in units of the bit depth; which depths go with it. */
const PNG_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export interface Claim {
  readonly width: number;
  readonly height: number;
}

export interface PngClaim extends Claim {
  /** Bits of a sample. */
  readonly depth: number;
  /** Colour type: 0 grey, 2 RGB, 3 indexed, 4 grey with alpha, 6 RGB with alpha. */
  readonly colour: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

export interface JpegClaim extends Claim {
  /** Colour components; 1 is grey. */
  readonly components: number;
}

/** The size of a PNG; throws a sentence when its header is impossible or its data cannot fill it. */
export function pngClaim(bytes: Uint8Array): PngClaim {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(8) !== 13) throw new Error('its header is damaged');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, compression, filter, interlace] = bytes.subarray(24, 29);
  const type = PNG_TYPES[colour];
  const known = type?.depths.includes(depth) && compression + filter === 0 && interlace <= 1;
  if (!known || width === 0 || height === 0) throw new Error('its header is damaged');
  let data = 0;
  for (let at = 33; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    if (view.getUint32(at + 4) === 0x49444154) data += length; // IDAT
    at += 12 + length;
  }
  const wanted = height * (1 + Math.ceil((width * type.samples * depth) / 8));
  if (wanted > MAX_DEFLATE * data + 1024) throw new Error(tooLittle({ width, height }));
  return { width, height, depth, colour, samples: type.samples, interlaced: interlace === 1 };
}

/** The size of a JPEG; throws a sentence when it has none or its data cannot fill it. */
export function jpegClaim(bytes: Uint8Array): JpegClaim {
  const word = (at: number) => (bytes[at] << 8) | bytes[at + 1];
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xff) at++;
    else if (!isFrame(marker)) at += 2 + Math.max(2, word(at + 2));
    else {
      const claim = { width: word(at + 7), height: word(at + 5), components: bytes[at + 9] };
      const pixels = claim.width * claim.height;
      if (pixels === 0) throw new Error('its header is damaged');
      if (pixels > MAX_JPEG * bytes.length) throw new Error(tooLittle(claim));
      const scans = countScans(bytes);
      if (scans > MAX_SCANS) throw new Error(`it has ${scans} scans`);
      return claim;
    }
  }
  throw new Error('its header is damaged');
}

/** Starts of scans; in their data the byte FF is always followed by 00 or a restart. */
function countScans(bytes: Uint8Array): number {
  let scans = 0;
  for (let at = 2; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xda) scans++;
  }
  return scans;
}

/** Start of a frame: C0 to CF without the tables C4, C8 and CC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

export function tooLittle({ width, height }: Claim): string {
  return `its header claims ${width} x ${height} pixels, more than its data can hold`;
}
