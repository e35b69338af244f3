import { badFile } from '../errors.ts';
import { narrow } from '../volume/convert.ts';
import type { VolumePlan } from '../volume/layout.ts';
import { isVoxelSize } from '../volume/notation.ts';
import { Findings, type ReadAs } from '../volume/report.ts';
import type { NumberArray } from '../volume/stats.ts';
import { nativeBytes } from '../volume/swap.ts';

/*
 * The EM format of Hegerl's EM program, the TOM toolbox, PyTom, Dynamo and artiatomi: 512 bytes of
 * header, then values with x fastest.
 *
 *     0     machine: 0 OS-9, 3 SGI, 4 Sun, 5 Mac (big-endian); 1 VAX, 2 Convex, 6 PC (little-endian)
 *     3     type of the values
 *     4     NX, NY, NZ as 32-bit integers
 *     16    80 characters of comment
 *     96    40 parameters as 32-bit integers; the 7th is the pixel size in 1/1000 Å
 *     256   256 bytes of the user's own
 */
const HEADER_BYTES = 512;
const PIXEL_SIZE_AT = 96 + 4 * 6;
/** Largest size along one axis that is taken as a sign of this format. */
const PLAUSIBLE_SIZE = 1 << 16;

/** Whether each machine writes little-endian. */
const MACHINES: ReadonlyMap<number, boolean> = new Map([
  [0, false],
  [1, true],
  [2, true],
  [3, false],
  [4, false],
  [5, false],
  [6, true],
]);

interface EmType {
  readonly width: 1 | 2 | 4 | 8;
  readonly words: string;
  readonly decode: (bytes: Uint8Array) => NumberArray;
}

const TYPES: ReadonlyMap<number, EmType> = new Map<number, EmType>([
  [1, { width: 1, words: 'unsigned 8-bit integer', decode: (b) => b }],
  [
    2,
    {
      width: 2,
      words: '16-bit integer',
      decode: (b) => new Int16Array(b.buffer, b.byteOffset, b.length / 2),
    },
  ],
  [
    4,
    {
      width: 4,
      words: '32-bit integer',
      decode: (b) => new Int32Array(b.buffer, b.byteOffset, b.length / 4),
    },
  ],
  [
    5,
    {
      width: 4,
      words: '32-bit float',
      decode: (b) => new Float32Array(b.buffer, b.byteOffset, b.length / 4),
    },
  ],
  [
    9,
    {
      width: 8,
      words: '64-bit float',
      decode: (b) => new Float64Array(b.buffer, b.byteOffset, b.length / 8),
    },
  ],
]);

interface EmHeader {
  readonly littleEndian: boolean;
  readonly size: readonly [number, number, number];
  /** Undefined for complex values, which are not read. */
  readonly type: EmType | undefined;
  readonly typeNumber: number;
  readonly comment: string;
  /** Å; 0 where it is not set. */
  readonly pixelSize: number;
}

function parse(head: Uint8Array): EmHeader | null {
  if (head.length < HEADER_BYTES) return null;
  const littleEndian = MACHINES.get(head[0]);
  if (littleEndian === undefined || !(TYPES.has(head[3]) || head[3] === 8 || head[3] === 10)) {
    return null;
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const int = (at: number): number => view.getInt32(at, littleEndian);
  const size = [int(4), int(8), int(12)] as const;
  if (!size.every((n) => n >= 1 && n <= PLAUSIBLE_SIZE)) return null;
  let comment = '';
  for (let i = 16; i < 96 && head[i] !== 0; i++) {
    comment += head[i] >= 32 && head[i] < 127 ? String.fromCharCode(head[i]) : '?';
  }
  const pixelSize = Math.max(0, int(PIXEL_SIZE_AT)) / 1000;
  const typeNumber = head[3];
  return {
    littleEndian,
    size,
    type: TYPES.get(typeNumber),
    typeNumber,
    comment: comment.trim(),
    pixelSize,
  };
}

/** Whether the bytes begin as an EM file does. The format has no mark, so ask for all others first. */
export function looksLikeEm(head: Uint8Array): boolean {
  return parse(head) !== null;
}

/** Bytes the whole file has if its header is true. Throws `bad-file`. */
export function claimedEmBytes(head: Uint8Array, fileName: string): number {
  const { size, type } = headerOf(head, fileName);
  return HEADER_BYTES + size[0] * size[1] * size[2] * type.width;
}

/** Plans how to read an EM file. Throws `bad-file` when it is damaged, cut off or complex. */
export function planEm(
  head: Uint8Array,
  fileBytes: number,
  fileName: string,
  options: { readonly readAs?: ReadAs } = {},
): VolumePlan {
  const { littleEndian, size, type, comment, pixelSize } = headerOf(head, fileName);
  const [nx, ny, nz] = size;
  const dataBytes = nx * ny * nz * type.width;
  const available = fileBytes - HEADER_BYTES;
  if (available < dataBytes) {
    throw badFile(
      fileName,
      `the EM header claims ${size.join(' x ')} values of ${type.words} (${dataBytes} bytes), but ${available} bytes follow it`,
      'complete files',
    );
  }
  const findings = new Findings();
  if (available > dataBytes) {
    findings.warning(
      'trailing-bytes',
      `The file has ${available - dataBytes} bytes after the data that the header describes; they are ignored.`,
    );
  }
  // The parameter is in Å in the format's description, but in nm in files of some programs.
  const voxelSizeKnown = isVoxelSize(pixelSize);
  if (voxelSizeKnown) {
    findings.info(
      'em-pixel-size',
      `The pixel size of ${pixelSize} Å is the 7th parameter of the EM header, which some programs give in nm.`,
    );
  } else {
    findings.warning(
      'voxel-size-unknown',
      'The EM header gives no pixel size, so lengths in nm mean nothing until it is set.',
    );
  }
  const step = voxelSizeKnown ? pixelSize : 1;
  const images = options.readAs === 'images' && nz > 1;
  const single = nz === 1 && options.readAs !== 'volume';
  if (single) findings.info('single-image', 'The file holds one two-dimensional image.');
  if (images) {
    findings.info('image-stack', `The file is read as ${nz} separate images, as asked.`);
  }
  return {
    fileName,
    header: {
      format: 'em',
      compression: 'none',
      kind: images ? 'image-stack' : single ? 'image' : 'volume',
      mode: null,
      valueType: type.words,
      shape: [nz, ny, nx],
      axes: ['x', 'y', 'z'],
      endian: littleEndian ? 'little' : 'big',
      voxelSize: [step, step, step],
      voxelSizeKnown,
      origin: [0, 0, 0],
      spaceGroup: null,
      extendedHeader: { type: null, bytes: 0 },
      sections: nz,
      volumes: 1,
      labels: comment === '' ? [] : [comment],
      findings: findings.list,
    },
    layout: {
      dataOffset: HEADER_BYTES,
      dataBytes,
      size,
      axes: [1, 2, 3],
      rowBytes: nx * type.width,
    },
    findings,
    valueType: () => type.words,
    decode: (raw) => narrow(type.decode(nativeBytes(raw, type.width, littleEndian)), fileName),
    compare: () => undefined,
  };
}

function headerOf(head: Uint8Array, fileName: string): EmHeader & { readonly type: EmType } {
  const header = parse(head);
  if (!header) {
    throw badFile(fileName, 'it does not begin as an EM file does', 'complete EM files');
  }
  const { type, typeNumber } = header;
  if (!type) {
    throw badFile(
      fileName,
      `the EM file holds complex values (type ${typeNumber})`,
      'EM files of bytes, integers and floats',
    );
  }
  return { ...header, type };
}
