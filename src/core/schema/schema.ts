import { quoted } from './show.ts';
import { closest } from './spelling.ts';

/** Where in a document a value stands, and what to say about the document beside its errors. */
export interface Place {
  /** E.g. `items[3].scores[0]`; empty for the document itself. */
  readonly path: string;
  /** One sentence each, e.g. about keys that mean nothing. */
  readonly notes: string[];
}

/** Turns an untrusted value into a typed one, or throws a {@link Mismatch}. */
export type Schema<T> = (value: unknown, at: Place) => T;

/** What a schema gives. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** A value that is not what its schema accepts. */
export class Mismatch extends Error {
  constructor(
    readonly path: string,
    /** E.g. `is -5`, `is missing`. */
    readonly problem: string,
    readonly accepted: string,
  ) {
    super(`${path ? `"${path}" ` : ''}${problem}; accepted: ${accepted}`);
  }
}

function mismatch({ path }: Place, value: unknown, accepted: string): Mismatch {
  return new Mismatch(path, value === undefined ? 'is missing' : `is ${quoted(value)}`, accepted);
}

/** A value that passes `test`, with the words for what is accepted. */
function scalar<T>(accepted: string, test: (value: unknown) => value is T): Schema<T> {
  return (value, at) => {
    if (test(value)) return value;
    throw mismatch(at, value, accepted);
  };
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** E.g. `Å`. */
  readonly unit?: string;
}

/** A finite number. */
export function number({ min = -Infinity, max = Infinity, unit }: Range = {}): Schema<number> {
  const accepted = `a number${unit ? ` of ${unit}` : ''}${bounds(min, max)}`;
  return scalar(
    accepted,
    (v): v is number => typeof v === 'number' && Number.isFinite(v) && v >= min && v <= max,
  );
}

/** A whole number that a double holds exactly. */
export function whole({ min = 0, max = Number.MAX_SAFE_INTEGER }: Range = {}): Schema<number> {
  const accepted = `a whole number${bounds(min, max === Number.MAX_SAFE_INTEGER ? Infinity : max)}`;
  return scalar(
    accepted,
    (v): v is number => Number.isSafeInteger(v) && Number(v) >= min && Number(v) <= max,
  );
}

function bounds(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? '' : ` up to ${max}`;
  return max === Infinity ? ` from ${min} up` : ` from ${min} to ${max}`;
}

// Control characters and those that turn the direction of a line of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Text of one line that can be shown anywhere: no control characters, not longer than `max`. */
export function line(max: number): Schema<string> {
  return scalar(
    `text of one line without control characters, 1 to ${max} characters`,
    (v): v is string => typeof v === 'string' && v !== '' && v.length <= max && !HIDDEN.test(v),
  );
}

/** Any text up to `max` characters; whoever shows it takes care of what is in it. */
export function text(max: number): Schema<string> {
  return scalar(`text of up to ${max} characters`, (v): v is string => {
    return typeof v === 'string' && v.length <= max;
  });
}

export function oneOf<const T extends string | number>(...values: readonly T[]): Schema<T> {
  return scalar(values.join(', '), (v): v is T => values.some((value) => value === v));
}

export const boolean: Schema<boolean> = scalar(
  'true, false',
  (v): v is boolean => typeof v === 'boolean',
);

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return (value, at) => (value === null ? null : schema(value, at));
}

export function either<A, B>(first: Schema<A>, second: Schema<B>): Schema<A | B> {
  return (value, at) => {
    try {
      return first(value, at);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      return second(value, at);
    }
  };
}

/** A list of `min` to `max` values. */
export function list<T>(
  item: Schema<T>,
  { min = 0, max }: { readonly min?: number; readonly max: number },
): Schema<T[]> {
  const accepted = `a list${bounds(min || -Infinity, max)} long`;
  return (value, at) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw mismatch(at, value, accepted);
    }
    return value.map((entry, i) => item(entry, { ...at, path: `${at.path}[${i}]` }));
  };
}

/** What `schema` accepts, if it also passes `test`. */
export function refine<T>(
  schema: Schema<T>,
  accepted: string,
  test: (value: T) => boolean,
): Schema<T> {
  return (value, at) => {
    const read = schema(value, at);
    if (test(read)) return read;
    throw mismatch(at, value, accepted);
  };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Required<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };
type Optional<F extends Fields> = { readonly [K in keyof F]?: Infer<F[K]> };

/** Whatever it is. */
export const anything: Schema<unknown> = (value) => value;

/** Any JSON object, as it is. */
export const anyObject: Schema<Readonly<Record<string, unknown>>> = scalar(
  'a JSON object { ... }',
  (v): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v),
);

/**
 * A JSON object with these keys; `optional` ones may be absent, but not null. Other keys are left out
 * of the result: without a word, or where `unknown` is 'note' with a note, and a mismatch where one is
 * a known key misspelt.
 */
export function object<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
  unknown: 'ignore' | 'note' = 'ignore',
): Schema<Required<R> & Optional<O>> {
  const fields: Fields = { ...required, ...optional };
  const known = Object.keys(fields);
  return (value, at) => {
    const from = anyObject(value, at);
    if (unknown === 'note') checkKeys(Object.keys(from), known, at);
    const read: Record<string, unknown> = {};
    for (const key of known) {
      const given = Object.hasOwn(from, key) ? from[key] : undefined;
      if (given === undefined && !Object.hasOwn(required, key)) continue;
      read[key] = fields[key](given, { ...at, path: at.path ? `${at.path}.${key}` : key });
    }
    return read as Required<R> & Optional<O>;
  };
}

function checkKeys(keys: readonly string[], known: readonly string[], at: Place): void {
  const other = keys.filter((key) => !known.includes(key));
  for (const key of other) {
    const meant = closest(key, known);
    if (meant !== undefined) {
      throw new Mismatch(at.path, `has the key ${quoted(key)}, which means nothing`, `"${meant}"`);
    }
  }
  if (other.length === 0) return;
  const named = other.slice(0, 3).map(quoted).join(', ');
  const more = other.length > 3 ? ` and ${other.length - 3} more` : '';
  at.notes.push(`unknown keys, left alone: ${named}${more}`);
}
