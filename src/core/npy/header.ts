import { badFile, sentence } from '../errors.ts';
import { NPY_TYPES, type NpyType, parseDescr } from './dtype.ts';
import { type Literal, parseLiteral } from './literal.ts';

export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const; // \x93NUMPY

/** Largest header that is read; NumPy's own limit is 10 000. */
export const MAX_HEADER_BYTES = 65_535;
/** NumPy 2 makes no array of more axes. */
const MAX_AXES = 64;

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

/** The shape that a file's first bytes claim. Throws `bad-file`. */
export function npyShape(head: Uint8Array, fileName: string): readonly number[] {
  return parseNpyHeader(head, fileName).shape;
}

/** Reads the header of format version 1, 2 or 3 from the file's first bytes. Throws `bad-file`. */
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
  if (length > MAX_HEADER_BYTES) {
    throw badFile(
      fileName,
      `the .npy header claims ${length} bytes`,
      `headers up to ${MAX_HEADER_BYTES} bytes`,
    );
  }
  if (length === 0 || dataOffset > bytes.length) {
    throw badFile(fileName, 'the .npy header is cut off', 'complete .npy files');
  }
  let text = '';
  for (let i = at; i < dataOffset; i++) text += String.fromCharCode(bytes[i]);
  return { ...parseDict(text, fileName), dataOffset };
}

/** The Python dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4, 5), }`. */
function parseDict(text: string, fileName: string): Omit<NpyHeader, 'dataOffset'> {
  const fields = dictionary(text, fileName);
  const { type, littleEndian } = elementType(fields.get('descr'), fileName);
  const fortranOrder = fields.get('fortran_order');
  const shape = shapeOf(fields.get('shape'), fileName);
  if (typeof fortranOrder !== 'boolean') {
    throw badFile(fileName, 'the .npy header names no order', 'fortran_order True or False');
  }
  const count = shape.reduce((product, n) => product * n, 1);
  return { shape, type, littleEndian, fortranOrder, count };
}

function dictionary(text: string, fileName: string): ReadonlyMap<string, Literal> {
  let literal: Literal;
  try {
    literal = parseLiteral(text);
  } catch (error) {
    throw badFile(
      fileName,
      `the .npy header is not a Python dictionary (${sentence(error)})`,
      'headers as numpy.save writes them',
    );
  }
  if (literal instanceof Map) return literal;
  throw badFile(
    fileName,
    'the .npy header is not a dictionary',
    'headers as numpy.save writes them',
  );
}

function elementType(descr: Literal | undefined, fileName: string) {
  const found = typeof descr === 'string' ? parseDescr(descr) : null;
  if (found) return found;
  const words =
    descr === undefined
      ? 'missing'
      : typeof descr === 'string'
        ? `'${descr.slice(0, 40)}'`
        : 'a record of several fields';
  throw badFile(
    fileName,
    `the element type is ${words}`,
    `real numbers: ${[...NPY_TYPES.keys()].join(', ')}`,
  );
}

function shapeOf(value: Literal | undefined, fileName: string): number[] {
  if (!Array.isArray(value)) {
    throw badFile(fileName, 'the .npy header names no shape', 'a tuple of whole numbers');
  }
  if (value.length > MAX_AXES) {
    throw badFile(
      fileName,
      `the array has ${value.length} axes`,
      `up to ${MAX_AXES} axes, as in NumPy`,
    );
  }
  return value.map((n) => {
    if (typeof n === 'number' && Number.isSafeInteger(n) && n >= 0) return n;
    throw badFile(fileName, 'the .npy header names an impossible shape', 'sizes from 0 up');
  });
}
