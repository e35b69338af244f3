import { Dataset, File, type Group } from 'jsfive';
import { AppError, badFile } from '../../../core/errors.ts';
import { decodeNumbers, NUMBER_TYPES, type NumberType } from '../numbers.ts';
import { attributesOf, opaqueSize, placeOf } from './hdf5-inside.ts';
import { mapTo } from '../../../core/typed-arrays.ts';

/** Groups and datasets that a network's file may have, and how deep they may lie. */
const MOST_ENTRIES = 100_000;
const DEEPEST = 64;
/** A compressed dataset may be this much larger than its whole file. */
const MOST_EXPANSION = 64;

export interface Hdf5Array {
  readonly dims: readonly number[];
  /** Read, and unpacked, at each call; float32 as it lies in the file is a view of it. */
  readonly numbers: () => Float32Array;
}

/** The whole tree of an HDF5 file by path, without leading slash. */
export interface Hdf5Tree {
  readonly attributes: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly arrays: ReadonlyMap<string, Hdf5Array>;
}

/**
 * Lists what an HDF5 file holds; numbers are read when they are asked for.
 * @throws AppError `bad-file` for a damaged file
 */
export function readHdf5(bytes: Uint8Array, file: string, accepted: string): Hdf5Tree {
  const attributes = new Map<string, Readonly<Record<string, unknown>>>();
  const arrays = new Map<string, Hdf5Array>();
  let left = MOST_ENTRIES;
  const own = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  const whole = (own ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
  const view = new DataView(whole.buffer);
  let values = bytes.length;
  const takeValues = (count: number) => {
    values -= count;
    if (!(values >= 0))
      throw badFile(file, 'damaged: its attributes have more values than it has bytes', accepted);
  };

  const damaged = (where: string, error: unknown) =>
    error instanceof AppError
      ? error
      : badFile(file, `damaged: ${where} cannot be read (${reason(error)})`, accepted);

  const visit = (group: Group, path: string, depth: number) => {
    if (depth > DEEPEST)
      throw badFile(file, `its groups are nested over ${DEEPEST} deep`, accepted);
    attributes.set(path, attributesOf(group, takeValues));
    for (const key of group.keys) {
      if (--left < 0) throw badFile(file, `it has over ${MOST_ENTRIES} entries`, accepted);
      const entry = group.get(key);
      const at = path ? `${path}/${key}` : key;
      if (entry instanceof Dataset) arrays.set(at, lazily(entry, at));
      else if (entry) visit(entry, at, depth + 1);
    }
  };
  const lazily = (dataset: Dataset, at: string): Hdf5Array => {
    const dims = [...dataset.shape];
    const size = dims.reduce((a, b) => a * b, 1);
    const unreadable = (type: string) =>
      badFile(file, `${at} is of type ${type}, not of numbers`, accepted);
    const numbers = () => {
      if (!(size * 4 <= MOST_EXPANSION * bytes.length))
        throw badFile(file, `${at} unpacks to ${size} numbers, too large for this file`, accepted);
      try {
        const type = typeOf(dataset, view, takeValues);
        const own = NUMBERS[type];
        const place = own === undefined ? null : placeOf(dataset, view);
        if (own !== undefined && place !== null) return inFile(place, size, own, at);
        if (!/^[<>|][fiu]\d$/.test(type)) throw unreadable(type);
        const values = dataset.value;
        if (values.length !== size)
          throw badFile(
            file,
            `${at} declares ${size} numbers but holds ${values.length}`,
            accepted,
          );
        return mapTo(new Float32Array(values.length), values, Number);
      } catch (error) {
        throw damaged(at, error);
      }
    };
    return { dims, numbers };
  };

  /** Numbers that lie in the file one behind the other. */
  const inFile = (from: number, size: number, type: NumberType, at: string): Float32Array => {
    const length = size * NUMBER_TYPES[type].bytes;
    if (!(from + length <= whole.length))
      throw badFile(file, `${at} goes beyond the end of the file`, accepted);
    return decodeNumbers(whole.subarray(from, from + length), type) as Float32Array;
  };

  try {
    visit(new File(whole.buffer, file), '', 0);
  } catch (error) {
    throw damaged('the tree of groups', error);
  }
  return { attributes, arrays };
}

/** Types that are read here; the library takes ten times as long, and needs several times the memory. */
const NUMBERS: Readonly<Record<string, NumberType>> = {
  ...{ '<f2': 'float16', '<f4': 'float32', '<f8': 'float64', bfloat16: 'bfloat16' },
};

/** The numpy name of the elements' type; of those that the library does not read, only a word. */
function typeOf(dataset: Dataset, file: DataView, take: (count: number) => void): string {
  if (opaqueSize(dataset, file) === NUMBER_TYPES.bfloat16.bytes)
    return String(attributesOf(dataset, take).dtype ?? 'bfloat16');
  try {
    return String(dataset.dtype);
  } catch {
    return 'compound';
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A text attribute, as any writer stores it; undefined where it is no text. */
export function textOf(value: unknown): string | undefined {
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof text === 'string') return text.replace(/\0+$/, '');
  return text instanceof Uint8Array
    ? new TextDecoder().decode(text).replace(/\0+$/, '')
    : undefined;
}

/** A list of texts; large ones are spread over `name0`, `name1`, … as Keras writes them. */
export function textsOf(
  attributes: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] | undefined {
  const parts: unknown[] = [];
  if (name in attributes) parts.push(attributes[name]);
  else for (let i = 0; `${name}${i}` in attributes; i++) parts.push(attributes[`${name}${i}`]);
  if (parts.length === 0) return undefined;
  return parts.flat().map((part) => textOf(part) ?? '');
}
