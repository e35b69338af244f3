/** An object of a file that is no dictionary, but has attributes like one. */
export abstract class Attributed {
  abstract readonly attributes: unknown;
}

/**
 * What a configuration says, wherever it was read from: pickled dictionaries and inert objects, JSON, YAML. Nothing
 * of it is trusted: a value of another kind counts as absent.
 */
export class Settings {
  private readonly value: unknown;

  constructor(value: unknown) {
    this.value = plain(value);
  }

  /** The value under a path of keys; nothing where one is missing. */
  at(...path: readonly string[]): Settings {
    let value = this.value;
    for (const key of path) value = member(plain(value), key);
    return new Settings(value);
  }

  /** Whether there is such a key, be its value None. */
  has(key: string): boolean {
    return member(this.value, key) !== undefined;
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Said to be nothing: None, null. */
  get isNull(): boolean {
    return this.value === null;
  }

  text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  number(): number | undefined {
    return typeof this.value === 'number' && Number.isFinite(this.value) ? this.value : undefined;
  }

  flag(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : undefined;
  }

  list(): readonly Settings[] | undefined {
    if (!Array.isArray(this.value)) return undefined;
    return this.value.map((one) => new Settings(one));
  }

  numbers(): readonly number[] | undefined {
    const found = this.list()?.map((one) => one.number());
    return found?.every((n) => n !== undefined) ? (found as number[]) : undefined;
  }

  texts(): string[] | undefined {
    const found = this.list()?.map((one) => one.text());
    return found?.every((text) => text !== undefined) ? (found as string[]) : undefined;
  }

  /** Keys and values of a dictionary, in its order. */
  entries(): readonly (readonly [string, Settings])[] {
    return entriesOf(this.value).map(([key, value]) => [key, new Settings(value)] as const);
  }
}

/** What an object of OmegaConf holds: each dictionary, list and value is wrapped there. */
function plain(value: unknown): unknown {
  let found = value;
  for (let depth = 0; found instanceof Attributed && depth < DEEPEST; depth++) {
    const inside: unknown = found.attributes;
    const key = WRAPPED.find((one) => inside instanceof Map && inside.has(one));
    if (key === undefined) break;
    found = (inside as ReadonlyMap<unknown, unknown>).get(key);
  }
  return found;
}

const WRAPPED = ['_content', '_val'];
const DEEPEST = 10;

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  const found = value instanceof Attributed ? value.attributes : value;
  if (found instanceof Map)
    return [...found].flatMap(([key, one]) =>
      typeof key === 'string' || typeof key === 'number' ? [[String(key), one] as const] : [],
    );
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return [];
  return Object.entries(found);
}

function member(value: unknown, key: string): unknown {
  if (value instanceof Attributed) return member(value.attributes, key);
  if (value instanceof Map) return value.get(key) ?? value.get(Number(key));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

/** Channel names by their value, `{ribosome: 1, …}`, after the ones in front that it leaves out. */
export function labelsByValue(labels: Settings, count: number, rest: string): string[] | undefined {
  const named = labels.entries().map(([name, value]) => [value.number(), name] as const);
  const byValue = new Map(named);
  const names = Array.from(
    { length: count },
    (_, i) => byValue.get(i) ?? (i === 0 ? rest : `class ${i}`),
  );
  return named.length > 0 && new Set(names).size === count ? names : undefined;
}
