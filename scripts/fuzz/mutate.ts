import type { Random } from '../../src/core/simulate/random.ts';

/** How the bytes of a kind of file are understood, so that its mutations reach below its surface. */
export type Nature = 'binary' | 'text' | 'json';

type Change<T> = (from: T, random: Random, others: readonly T[]) => T;

const pick = <T>(random: Random, of: readonly T[]): T =>
  of[Math.floor(random.uniform() * of.length)];
const below = (random: Random, n: number) => Math.floor(random.uniform() * n);
/** A length that is mostly short, whatever the size of the file. */
const span = (random: Random, n: number) =>
  Math.min(n, Math.ceil(Math.exp(random.uniform() * Math.log(n + 1))));

const NUMBERS = [
  0,
  -1,
  1,
  2,
  7,
  127,
  128,
  255,
  256,
  32767,
  65535,
  65536,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  1e9,
  1e10,
  1e-3,
  1e-5,
  1e-38,
  1e38,
  1e300,
  0.5,
  -0.5,
  Infinity,
  -Infinity,
  NaN,
];

type Binary = Uint8Array<ArrayBuffer>;

function edited(from: Binary, change: (to: Binary) => void): Binary {
  const to = from.slice();
  if (to.length > 0) change(to);
  return to;
}

function joined(...parts: readonly Uint8Array[]): Binary {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Mostly within the first kilobyte, where headers are. */
const place = (random: Random, n: number) =>
  below(random, random.uniform() < 0.6 ? Math.min(n, 1024) : n);

const BINARY: readonly Change<Binary>[] = [
  (from, random) =>
    edited(from, (to) => {
      for (let i = span(random, 8); i > 0; i--)
        to[place(random, to.length)] ^= 1 << below(random, 8);
    }),
  (from, random) =>
    edited(from, (to) => {
      to[place(random, to.length)] = pick(random, [0, 1, 0x7f, 0x80, 0xff, below(random, 256)]);
    }),
  (from, random) =>
    edited(from, (to) => {
      const view = new DataView(to.buffer);
      const at = place(random, to.length) & ~3;
      if (at + 8 > to.length) return;
      const value = pick(random, NUMBERS);
      const little = random.uniform() < 0.8;
      const writers = [
        () => view.setInt32(at, value, little),
        () => view.setFloat32(at, value, little),
        () => view.setInt16(at, value, little),
        () => view.setFloat64(at, value, little),
      ];
      pick(random, writers)();
    }),
  (from, random) => from.slice(0, below(random, from.length)),
  (from, random) => joined(from, new Uint8Array(span(random, 5000)).fill(below(random, 2) * 255)),
  (from, random) => {
    const at = place(random, from.length);
    return joined(from.subarray(0, at), from.subarray(at + span(random, from.length - at)));
  },
  (from, random) => {
    const at = place(random, from.length);
    const part = from.subarray(at, at + span(random, from.length - at));
    const times = pick(random, [1, 1, 2, 20]);
    return joined(
      from.subarray(0, at),
      ...Array.from({ length: times }, () => part),
      from.subarray(at),
    );
  },
  (from, random) =>
    edited(from, (to) => {
      const at = place(random, to.length);
      const end = at + span(random, to.length - at);
      if (random.uniform() < 0.5) to.fill(0, at, end);
      else for (let i = at; i < end; i++) to[i] = below(random, 256);
    }),
  (from, random, others) => {
    const other = pick(random, others);
    return joined(
      from.subarray(0, place(random, from.length)),
      other.subarray(place(random, other.length)),
    );
  },
];

const WORDS = [
  '',
  '0',
  '-1',
  '1e999',
  '1e-45',
  '1e9',
  '99999999999999999999',
  'NaN',
  'inf',
  '?',
  '.',
  '*',
  '\0',
  '\u001b[2J',
  '"',
  "'",
  ';',
  '#',
  '(',
  ')',
  '(1-1000000000)',
  '1-1000000000',
  ',',
  '\t',
  '\r',
  '\ufeff',
  'é',
  '\u202e',
  'loop_',
  'data_',
  'save_',
  'END',
  'MODEL',
  'x'.repeat(5000),
];

const TEXT: readonly Change<string>[] = [
  (from, random) => {
    const numbers = [...from.matchAll(/-?\d+(\.\d+)?/g)];
    if (numbers.length === 0) return from;
    const { index, 0: old } = pick(random, numbers);
    return from.slice(0, index) + pick(random, WORDS.slice(0, 10)) + from.slice(index + old.length);
  },
  (from, random) => {
    const at = below(random, from.length);
    return from.slice(0, at) + pick(random, WORDS) + from.slice(at);
  },
  (from, random) => {
    const at = below(random, from.length);
    return from.slice(0, at) + from.slice(at + span(random, from.length - at));
  },
  (from, random) => {
    const lines = from.split('\n');
    const [a, b] = [below(random, lines.length), below(random, lines.length)];
    [lines[a], lines[b]] = [lines[b], lines[a]];
    return lines.join('\n');
  },
  (from, random) => {
    const lines = from.split('\n');
    const at = below(random, lines.length);
    const times = pick(random, [0, 2, 3, 50]);
    lines.splice(at, 1, ...Array.from({ length: times }, () => lines[at]));
    return lines.join('\n');
  },
  (from, random) => from.slice(0, below(random, from.length)),
  (from, random) => from.replaceAll('\n', pick(random, ['\r', '\r\n', '\n\n', ' '])),
  (from, random, others) => {
    const other = pick(random, others);
    return from.slice(0, below(random, from.length)) + other.slice(below(random, other.length));
  },
];

/** Stands for a number that no double holds. */
const BEYOND = 'beyond all numbers';

const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => '',
  () => 'x',
  () => '\u001b[2J',
  () => '1',
  () => [],
  () => [[]],
  () => ({}),
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e10,
  () => BEYOND,
  () => 1e-9,
  () => 2 ** 31,
  () => 'NaN',
  () => [1, 2, 3],
  () => ({ a: 1 }),
  () => 'y'.repeat(5000),
  () => new Array(2000).fill(0),
];

type Container = Record<string | number, unknown>;

/** Every object and list of a document. */
function containers(value: unknown, out: Container[] = []): Container[] {
  if (typeof value === 'object' && value !== null) {
    out.push(value as Container);
    for (const inner of Object.values(value)) containers(inner, out);
  }
  return out;
}

/** Changes one value somewhere in a document: replaced, removed, renamed, copied from elsewhere, repeated. */
const changeValue: Change<string> = (from, random) => {
  let document: unknown;
  try {
    document = JSON.parse(from);
  } catch {
    return pick(random, TEXT)(from, random, [from]);
  }
  const all = containers(document).filter((one) => Object.keys(one).length > 0);
  if (all.length === 0) return from;
  const target = pick(random, all);
  const key = pick(random, Object.keys(target));
  const other = pick(random, all);
  const changes = [
    () => (target[key] = pick(random, VALUES)()),
    () => (target[key] = pick(random, VALUES)()),
    () => (target[key] = pick(random, NUMBERS)),
    () => delete target[key],
    () => (target[key] = structuredClone(other[pick(random, Object.keys(other))])),
    () => (target[`${key}${pick(random, ['', 's', '_', '\0'])}x`] = target[key]),
    () => {
      if (Array.isArray(target)) target.push(...structuredClone(target.slice(0, 50)));
      else target[key] = { [key]: target[key] };
    },
  ];
  pick(random, changes)();
  return JSON.stringify(document).replaceAll(`"${BEYOND}"`, '1e999');
};

/** A file of the same kind, one to four mutations away from one of the `seeds`. */
export function mutate(nature: Nature, seeds: readonly Binary[], random: Random): Binary {
  const depth = 1 + below(random, 4);
  const from = pick(random, seeds);
  if (nature === 'binary' || random.uniform() < 0.1) {
    return repeat(from, depth, () => pick(random, BINARY), random, seeds);
  }
  const texts = seeds.map((seed) => Buffer.from(seed).toString('utf8'));
  const source = Buffer.from(from).toString('utf8');
  const change = () =>
    nature === 'json' && random.uniform() < 0.85 ? changeValue : pick(random, TEXT);
  const text = repeat(source, depth, change, random, texts);
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

function repeat<T>(
  from: T,
  times: number,
  change: () => Change<T>,
  random: Random,
  others: readonly T[],
): T {
  let value = from;
  for (let i = 0; i < times; i++) value = change()(value, random, others);
  return value;
}
