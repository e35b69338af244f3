import { BufferReader, Parser } from 'pickleparser';
import { Attributed } from '../settings.ts';

/** An object of a class that is not known: what it was made from and its state, never its code. */
export class Inert extends Attributed {
  state: unknown;
  /** Keys and values given to it as to a dictionary. */
  readonly items = new Map<unknown, unknown>();
  constructor(
    /** E.g. `torch.nn.modules.conv.Conv3d`. */
    readonly className: string,
    readonly args: readonly unknown[],
  ) {
    super();
  }

  /** What was put into it as into a dictionary; else its state, or the first part of `(state, slots)`. */
  get attributes(): unknown {
    const { state, items } = this;
    if (items.size > 0) return items;
    return (Array.isArray(state) && state.length === 2 ? (state[0] ?? state[1]) : state) ?? items;
  }

  __setstate__(state: unknown): void {
    this.state = state;
  }
  set(key: unknown, value: unknown): void {
    this.items.set(key, value);
  }
  /** Lists that are objects, e.g. of a `ModuleList`. */
  push(...values: unknown[]): void {
    for (const value of values) this.items.set(this.items.size, value);
  }
  append(...values: unknown[]): void {
    this.push(...values);
  }
}

/** What a name of a pickle stands for; called with the arguments of its construction. */
export type Known = (...args: readonly unknown[]) => unknown;

export interface PickleOptions {
  /** By `module.name`; everything else becomes {@link Inert}. */
  readonly known: Readonly<Record<string, Known>>;
  readonly persistent: (id: unknown) => unknown;
}

/** Bytes of a whole number: checkpoints hold none that need more. */
const MOST_INTEGER_BYTES = 6;
const LONG1 = 138;
const LONG4 = 139;

/** Reads forwards only, and no numbers so long that reading them takes for ever. */
class ForwardReader extends BufferReader {
  /** The last two single bytes: an opcode and its length, or an opcode and what stood before it. */
  private before = 0;
  private last = 0;
  /** Words of four bytes read behind them. */
  private words = 0;

  override byte(): number {
    this.before = this.last;
    this.last = super.byte();
    this.words = 0;
    return this.last;
  }

  override line(): string {
    // What stands before a line is no length.
    this.before = 0;
    return super.line();
  }

  override uint32(): number {
    this.words++;
    return super.uint32();
  }

  override bytes(length: number): ReturnType<BufferReader['bytes']> {
    if (!(length >= 0)) throw new Error(`a length of ${length}`);
    const data = super.bytes(length);
    if (this.words === 1 && this.last === LONG4)
      throw new Error(`a whole number of ${length} bytes`);
    // Seeds of random numbers and the like: their value does not matter.
    const long = this.words === 0 && this.before === LONG1 && length > MOST_INTEGER_BYTES;
    return long ? data.subarray(0, 0) : data;
  }

  override uint64(): number {
    const [low, high] = [this.uint32(), this.uint32()];
    if (high >= 2 ** 20) throw new Error('a length beyond every file');
    return low + 2 ** 32 * high;
  }
}

/** A pickle's objects without running anything: dictionaries are Maps, tuples and lists arrays. */
export class PickleReader {
  private readonly reader: ForwardReader;
  private readonly parser: Parser;

  constructor(bytes: Uint8Array, { known, persistent }: PickleOptions) {
    this.reader = new ForwardReader(bytes);
    this.parser = new Parser({
      unpicklingTypeOfDictionary: 'Map',
      unpicklingTypeOfSet: 'array',
      persistentResolver: { resolve: persistent },
      extensionResolver: {
        resolve() {
          throw new Error('an extension code');
        },
      },
      nameResolver: {
        resolve(module, name) {
          if (typeof module !== 'string' || typeof name !== 'string')
            throw new Error('a class without a name');
          const key = `${module}.${name}`;
          const make: Known = Object.hasOwn(known, key)
            ? known[key]
            : (...args) => new Inert(key, args);
          // Callable with and without new, and recognisable as the class that it stands for.
          const construct = function construct(...args: unknown[]) {
            return make(...args);
          };
          return Object.assign(construct, { className: key });
        },
      },
    });
  }

  /** The next pickle of the file; several may lie behind each other. */
  next(): unknown {
    return this.parser.read(this.reader);
  }

  /** Bytes read so far. */
  get position(): number {
    return this.reader.position;
  }
}

/**
 * A key or name as text. Other objects are not asked for theirs: nested ones have texts that are exponentially long.
 */
export function textOfKey(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? String(key) : 'an object';
}

/** Full name of a class that stands in a pickle as a value, e.g. the type of a storage. */
export function classNameOf(value: unknown): string | undefined {
  return typeof value === 'function' && 'className' in value ? String(value.className) : undefined;
}
