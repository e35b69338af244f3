/** The value of a row, '' where it is unknown or does not apply. */
export type Column = (row: number) => string;

type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Values of one column, since a run-length code of a few bytes can claim any number. */
const MOST_VALUES = 25_000_000;

/** What `type` and `srcType` stand for. */
const TYPES = {
  1: [1, (b: ArrayBuffer) => new Int8Array(b)],
  2: [2, (b: ArrayBuffer) => new Int16Array(b)],
  3: [4, (b: ArrayBuffer) => new Int32Array(b)],
  4: [1, (b: ArrayBuffer) => new Uint8Array(b)],
  5: [2, (b: ArrayBuffer) => new Uint16Array(b)],
  6: [4, (b: ArrayBuffer) => new Uint32Array(b)],
  32: [4, (b: ArrayBuffer) => new Float32Array(b)],
  33: [8, (b: ArrayBuffer) => new Float64Array(b)],
} as const;

type Encoding = Readonly<Record<string, unknown>>;

/**
 * One column of a category: its data, and the mask that says which values are `.` or `?`.
 *
 * @throws Error saying what is damaged
 */
export function decodeColumn(column: unknown, rows: number): Column {
  if (!(rows <= MOST_VALUES)) throw new Error(`${rows} rows, more than ${MOST_VALUES}`);
  const { data, mask } = column as { readonly data: unknown; readonly mask?: unknown };
  const values = decodeData(data);
  const hidden = mask === null || mask === undefined ? null : numbersOf(decodeData(mask));
  const { length } = values;
  if (length < rows || (hidden && hidden.length < rows)) {
    throw new Error(`a column has ${length} of ${rows} values`);
  }
  const at = isStrings(values)
    ? (row: number) => values.at(row)
    : (row: number) => String(values[row]);
  return (row) => (hidden && hidden[row] !== 0 ? '' : at(row));
}

/** Strings by their index, so that equal ones are held once. */
interface Strings {
  readonly length: number;
  at(row: number): string;
}

function isStrings(values: Numbers | Strings): values is Strings {
  return !ArrayBuffer.isView(values);
}

function numbersOf(values: Numbers | Strings): Numbers {
  if (isStrings(values)) throw new Error('strings stand where numbers belong');
  return values;
}

function decodeData(value: unknown): Numbers | Strings {
  const { data, encoding } = (value ?? {}) as {
    readonly data?: unknown;
    readonly encoding?: unknown;
  };
  if (!(data instanceof Uint8Array) || !Array.isArray(encoding)) {
    throw new Error('a column has no data or no encoding');
  }
  return (encoding as Encoding[]).reduceRight<Numbers | Strings>((values, step) => {
    const decode = DECODERS[String(step?.kind)];
    if (!decode) throw new Error(`unknown encoding ${String(step?.kind)}`);
    return decode(numbersOf(values), step);
  }, data);
}

type Decoder = (values: Numbers, encoding: Encoding) => Numbers | Strings;

const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  ByteArray(values, { type }) {
    const [size, view] = typeOf(type);
    const bytes = Uint8Array.from(values); // a copy, so that it is aligned
    return view(bytes.buffer.slice(0, bytes.length - (bytes.length % size)));
  },
  FixedPoint: (values, { factor, srcType }) =>
    fill(values.length, srcType, (i) => values[i] / Number(factor)),
  IntervalQuantization(values, { min, max, numSteps, srcType }) {
    const delta = (Number(max) - Number(min)) / (Number(numSteps) - 1);
    return fill(values.length, srcType, (i) => Number(min) + delta * values[i]);
  },
  RunLength(values, { srcType, srcSize }) {
    let length = 0;
    for (let i = 1; i < values.length; i += 2) length += values[i];
    if (length !== Number(srcSize)) throw new Error('runs do not add up');
    const out = allocate(length, srcType);
    for (let i = 0, at = 0; i + 1 < values.length; i += 2) {
      if (values[i + 1] < 0) throw new Error('a run is negative');
      out.fill(values[i], at, (at += values[i + 1]));
    }
    return out;
  },
  Delta(values, { origin, srcType }) {
    let sum = Number(origin);
    return fill(values.length, srcType, (i) => {
      sum += values[i];
      return sum;
    });
  },
  IntegerPacking(values, { byteCount, isUnsigned, srcSize }) {
    const high = 2 ** (8 * Number(byteCount) - (isUnsigned ? 0 : 1)) - 1;
    const low = isUnsigned ? Number.NaN : -high - 1;
    if (Number(srcSize) > values.length) throw new Error('packed integers are missing');
    let at = 0;
    return fill(Number(srcSize), isUnsigned ? 6 : 3, () => {
      let sum = 0;
      // A value at the end of the range is added to the next.
      while (values[at] === high || values[at] === low) sum += values[at++];
      if (at >= values.length) throw new Error('packed integers are missing');
      return sum + values[at++];
    });
  },
  StringArray(values, { dataEncoding, stringData, offsetEncoding, offsets }) {
    const indices = numbersOf(decodeData({ data: values, encoding: dataEncoding }));
    const bounds = numbersOf(decodeData({ data: offsets, encoding: offsetEncoding }));
    const text = String(stringData);
    const held = new Map<number, string>();
    return {
      length: indices.length,
      at(row) {
        const index = indices[row];
        let found = held.get(index);
        if (found === undefined) {
          found = index < 0 ? '' : text.slice(bounds[index], bounds[index + 1]);
          held.set(index, found);
        }
        return found;
      },
    };
  },
};

function typeOf(type: unknown): (typeof TYPES)[keyof typeof TYPES] {
  const found = TYPES[type as keyof typeof TYPES];
  if (!found) throw new Error(`unknown type ${String(type)}`);
  return found;
}

function allocate(length: number, type: unknown): Numbers {
  if (!(length >= 0 && length <= MOST_VALUES)) {
    throw new Error(`${length} values, more than ${MOST_VALUES}`);
  }
  const [size, view] = typeOf(type);
  return view(new ArrayBuffer(length * size));
}

function fill(length: number, type: unknown, value: (i: number) => number): Numbers {
  const out = allocate(length, type);
  for (let i = 0; i < length; i++) out[i] = value(i);
  return out;
}
