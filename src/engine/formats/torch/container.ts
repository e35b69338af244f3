import { AppError, badFile } from '../../../core/errors.ts';
import { allOf, inMemory, type Stored } from '../../model/stored.ts';
import { decodeNumbers, NUMBER_TYPES, numberReader, type NumberType } from '../numbers.ts';
import { looksLikeZip, readZip } from '../zip.ts';
import { LEGACY_HEAD, legacyStart } from './signature.ts';
import { classNameOf, Inert, type Known, PickleReader, textOfKey } from './pickle.ts';

export const ACCEPTED_TORCH =
  'a PyTorch file of torch.save with weights (.pth, .pt, .ckpt), or the network exported to ONNX';

/** A tensor of a checkpoint; its numbers are read from the file when they are asked for. */
export class TorchTensor {
  constructor(
    readonly dims: readonly number[],
    readonly type: NumberType,
    private readonly read: (from: number, to: number) => Float32Array,
  ) {}

  get integer(): boolean {
    return NUMBER_TYPES[this.type].integer;
  }

  /** See {@link Weight.numbers}. */
  numbers(from = 0, to = sizeOf(this.dims)): Float32Array {
    return this.read(from, to);
  }
}

const sizeOf = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

class Storage {
  constructor(
    readonly type: NumberType,
    readonly key: string,
    /** Numbers that it should hold. */
    readonly size: number,
  ) {}
}

const STORAGES: Readonly<Record<string, NumberType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/**
 * What a PyTorch file holds, with its tensors in place: nested Maps, arrays and inert objects. Nothing is run.
 * @throws AppError `bad-file` for damage, `unsupported` for TorchScript
 */
export function readTorch(stored: Stored, file: string): unknown {
  try {
    const head = stored.part(0, LEGACY_HEAD);
    if (looksLikeZip(head)) return readArchive(stored, file);
    const start = legacyStart(head);
    if (start > 0) return readLegacy(allOf(stored), start, file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw badFile(file, `its pickled part cannot be read (${why})`, ACCEPTED_TORCH);
  }
  throw badFile(file, 'neither a PyTorch archive nor an old PyTorch file', ACCEPTED_TORCH);
}

function readArchive(stored: Stored, file: string): unknown {
  const entries = readZip(stored, file, ACCEPTED_TORCH);
  const pickle = [...entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  const root = pickle?.slice(0, -'data.pkl'.length) ?? '';
  if (
    entries.has(`${root}constants.pkl`) ||
    [...entries.keys()].some((n) => n.includes('/code/'))
  ) {
    throw new AppError(
      'unsupported',
      `${file}: a TorchScript archive, which holds code instead of layers; accepted: the state dict of the network, or the network exported with torch.onnx.export`,
    );
  }
  const content = pickle === undefined ? undefined : entries.get(pickle);
  if (!content) throw badFile(file, 'a zip archive without data.pkl', ACCEPTED_TORCH);
  const read = ({ key }: Storage) => {
    const entry = entries.get(`${root}data/${key}`);
    if (!entry) throw badFile(file, `its part data/${key} is missing`, ACCEPTED_TORCH);
    return entry;
  };
  const pickled = allOf(content);
  return new PickleReader(pickled, {
    known: known(file, read, pickled.length),
    persistent: storageOf,
  }).next();
}

/** Magic number, protocol, system, the object, the keys of its storages; behind them the storages one by one. */
function readLegacy(bytes: Uint8Array, start: number, file: string): unknown {
  const places = new Map<string, Stored>();
  const sizes = new Map<string, Storage>();
  const read = ({ key }: Storage) => {
    const place = places.get(key);
    if (!place) throw badFile(file, `its storage ${key} is missing`, ACCEPTED_TORCH);
    return place;
  };
  const persistent = (id: unknown) => {
    // Classes of modules come with their source, which is left alone.
    if (Array.isArray(id) && id[0] === 'module') return id[1] as unknown;
    const storage = storageOf(id);
    sizes.set(storage.key, storage);
    return storage;
  };
  const body = bytes.subarray(start);
  const reader = new PickleReader(body, { known: known(file, read, body.length), persistent });
  reader.next();
  reader.next();
  const object = reader.next();
  const keys = reader.next();
  let at = start + reader.position;
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = sizes.get(textOfKey(key));
    if (!storage)
      throw badFile(file, `its storage ${textOfKey(key)} is of no tensor`, ACCEPTED_TORCH);
    const length = storage.size * NUMBER_TYPES[storage.type].bytes;
    if (at + 8 + length > bytes.length)
      throw badFile(file, `it ends before its storage ${storage.key} does`, ACCEPTED_TORCH);
    places.set(storage.key, inMemory(bytes.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return object;
}

/** `('storage', type, key, location, size)` */
function storageOf(id: unknown): Storage {
  const [kind, type, key, , size] = Array.isArray(id) ? id : [];
  const name = (classNameOf(type) ?? '').split('.').at(-1) ?? '';
  if (kind !== 'storage' || !Object.hasOwn(STORAGES, name) || !Number.isSafeInteger(size))
    throw new Error(`a storage of type ${name || 'unknown'}`);
  return new Storage(STORAGES[name], textOfKey(key), size as number);
}

/** The only names of a pickle that stand for something. `size` of its bytes bounds what it may copy. */
function known(
  file: string,
  read: (storage: Storage) => Stored,
  size: number,
): Readonly<Record<string, Known>> {
  let left = size;
  const dictionary: Known = (pairs) => {
    if (!Array.isArray(pairs)) return new Map();
    left -= pairs.length;
    if (left < 0) throw new Error('dictionaries that hold more than the file does');
    return new Map(pairs as readonly (readonly [unknown, unknown])[]);
  };
  const bytes: Known = (text) => {
    if (typeof text !== 'string') throw new Error('bytes of what is no text');
    left -= text.length;
    if (left < 0) throw new Error('texts that hold more than the file does');
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  };
  const tensor: Known = (storage, offset, dims, strides) =>
    rebuild(file, read, storage, offset, dims, strides);
  const first: Known = (value) => value;
  const object: Known = (type) => new Inert(classNameOf(type) ?? 'object', []);
  return {
    'collections.OrderedDict': dictionary,
    'collections.defaultdict': () => new Map(),
    'torch._utils._rebuild_tensor_v2': tensor,
    'torch._utils._rebuild_tensor': tensor,
    'torch._utils._rebuild_parameter': first,
    'torch._utils._rebuild_parameter_with_state': first,
    'torch._tensor._rebuild_from_type_v2': (make, _, args) =>
      classNameOf(make) !== undefined && Array.isArray(args) ? (make as Known)(...args) : undefined,
    'torch.nn.parameter.Parameter': first,
    'torch.Size': first,
    '__builtin__.set': first,
    'builtins.set': first,
    'copy_reg._reconstructor': object,
    'copyreg._reconstructor': object,
    '_codecs.encode': bytes,
    'numpy._core.multiarray.scalar': scalar,
    'numpy.core.multiarray.scalar': scalar,
  };
}

/** A number of numpy, e.g. the best loss so far. */
const scalar: Known = (dtype, bytes) => {
  const types: Readonly<Record<string, NumberType>> = {
    f8: 'float64',
    f4: 'float32',
    i8: 'int64',
    i4: 'int32',
    b1: 'bool',
  };
  const type = dtype instanceof Inert ? types[textOfKey(dtype.args[0])] : undefined;
  const step = type && NUMBER_TYPES[type].bytes;
  if (!type || !(bytes instanceof Uint8Array) || bytes.length !== step) return undefined;
  return decodeNumbers(bytes, type)[0];
};

/** Axes that a tensor may have, and numbers that one of repeated numbers may have. */
const MOST_AXES = 8;
const MOST_REPEATED = 2 ** 20;

const wholeNumbers = (value: unknown): readonly number[] => {
  const list = Array.isArray(value) && value.length <= MOST_AXES ? (value as unknown[]) : undefined;
  if (list?.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) return list as number[];
  throw new Error(`a tensor whose sizes are not at most ${MOST_AXES} whole numbers`);
};

function rebuild(
  file: string,
  read: (storage: Storage) => Stored,
  storage: unknown,
  first: unknown,
  size: unknown,
  steps: unknown,
): TorchTensor {
  if (!(storage instanceof Storage)) throw new Error('a tensor without a storage');
  const [offset] = wholeNumbers([first]);
  const [dims, strides] = [wholeNumbers(size), wholeNumbers(steps)];
  const count = sizeOf(dims);
  const last = dims.reduce((sum, n, i) => sum + (n - 1) * strides[i], offset);
  if (
    strides.length !== dims.length ||
    !(count <= Math.max(storage.size, MOST_REPEATED)) ||
    (count > 0 && !(last < storage.size))
  )
    throw new Error(`a tensor of [${dims}] that does not fit its ${storage.size} numbers`);
  return new TorchTensor(dims, storage.type, (from, to) => {
    const { bytes: step } = NUMBER_TYPES[storage.type];
    const stored = read(storage);
    if (stored.size < storage.size * step)
      throw badFile(
        file,
        `its part ${storage.key} has ${stored.size} bytes, not ${storage.size * step}`,
        ACCEPTED_TORCH,
      );
    if (isContiguous(dims, strides)) {
      const part = stored.part((offset + from) * step, (offset + to) * step);
      const numbers = decodeNumbers(part, storage.type);
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    }
    const numberAt = numberReader(allOf(stored), storage.type);
    const all = gathered(numberAt, dims, strides, offset, count);
    return all.subarray(from, to);
  });
}

function isContiguous(dims: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    if (dims[i] !== 1 && strides[i] !== step) return false;
    step *= dims[i];
  }
  return true;
}

function gathered(
  from: (index: number) => number,
  dims: readonly number[],
  strides: readonly number[],
  offset: number,
  count: number,
): Float32Array {
  const out = new Float32Array(count);
  const index = dims.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    out[i] = from(at);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) break;
      at -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return out;
}
