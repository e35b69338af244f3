import { badFile } from '../errors.ts';
import { NPY_TYPES, type NpyType } from './dtype.ts';

export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const; // \x93NUMPY

export interface NpyHeader {
  readonly shape: readonly number[];
  readonly type: NpyType;
  readonly littleEndian: boolean;
  /** First axis fastest in the file. */
  readonly fortranOrder: boolean;
  readonly dataOffset: number;
  readonly count: number;
}

export function looksLikeNpy(bytes: Uint8Array): boolean {
  return NPY_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Reads the header of format version 1, 2 or 3. Throws `bad-file`. */
export function parseNpyHeader(bytes: Uint8Array, fileName: string): NpyHeader {
  if (!looksLikeNpy(bytes) || bytes.length < 10) {
    throw badFile(fileName, 'it does not begin as a NumPy array does', '.npy files');
  }
  const major = bytes[6];
  if (major < 1 || major > 3) {
    throw badFile(fileName, `the .npy version is ${major}.${bytes[7]}`, 'versions 1, 2 and 3');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = major === 1 ? 10 : 12;
  const length =
    bytes.length < at ? 0 : major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = at + length;
  if (length === 0 || dataOffset > bytes.length) {
    throw badFile(fileName, 'the .npy header is cut off', 'complete .npy files');
  }
  let text = '';
  for (let i = at; i < dataOffset; i++) text += String.fromCharCode(bytes[i]);
  return { ...parseDict(text, fileName), dataOffset };
}

/** The Python dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4, 5), }`. */
function parseDict(text: string, fileName: string): Omit<NpyHeader, 'dataOffset'> {
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const dims = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  const type = descr ? NPY_TYPES.get(descr[2]) : undefined;
  if (!descr || !type) {
    const found = /'descr'\s*:\s*(\[.*?\]|'[^']*')/.exec(text);
    throw badFile(
      fileName,
      `the element type is ${found?.[1].slice(0, 40) ?? 'missing'}`,
      `real numbers: ${[...NPY_TYPES.keys()].join(', ')}`,
    );
  }
  if (!order || !dims) {
    throw badFile(fileName, 'the .npy header names no shape or no order', 'complete .npy headers');
  }
  const shape = dims[1].split(',').flatMap((part) => {
    const digits = part.replace('L', '').trim();
    return digits === '' ? [] : [Number(digits)];
  });
  const count = shape.reduce((product, n) => product * n, 1);
  return {
    shape,
    type,
    littleEndian: descr[1] !== '>',
    fortranOrder: order[1] === 'True',
    count,
  };
}
