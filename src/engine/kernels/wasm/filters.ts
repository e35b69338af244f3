import type { Heap } from '../../tfjs-internals.ts';

/** Filter of a convolution: where its values are and what distinguishes them from others. */
export interface Filter {
  readonly at: number;
  /** Stands for the values as long as `alive` says so; whoever changes them in place calls {@link FilterStore.written}. */
  readonly key: object;
  /** Whether the memory behind the values is still theirs. */
  alive(): boolean;
}

interface Entry {
  readonly key: object;
  readonly form: string;
  readonly at: number;
  readonly bytes: number;
  readonly alive: () => boolean;
  filled: boolean;
  used: number;
}

/** TomoTwin's 75 million weights take 363 MiB as Winograd's products read them. */
const BUDGET = 384 * 2 ** 20;

/**
 * Filters in the order in which the kernels read them, kept from call to call in one block of the heap, which is given back
 * where the heap has no room left for anything else. The least recently used make room, but for a filter that is used again only those that
 * were not used since: a network whose filters do not all fit keeps some of them, in place of driving each one out before
 * its next use. A filter that was changed in place is kept only once it is used again without a change: in training,
 * where every step changes it, none is.
 */
export class FilterStore {
  /** By address. */
  private entries: Entry[] = [];
  /** When a filter was last used, by form. */
  private readonly lastUses = new WeakMap<object, Map<string, number>>();
  /** For filters that were changed in place: the forms in which they have been used since. */
  private readonly changing = new WeakMap<object, Set<string>>();
  private clock = 0;

  /** Address of the block; 0 where there is none. */
  private block = 0;

  constructor(
    private readonly heap: Pick<Heap, 'malloc' | 'free' | 'crowded'>,
    private readonly budget = BUDGET,
  ) {}

  /** Address of a filter in one form, where it is kept. */
  find(key: object, form: string): number | undefined {
    const entry = this.entries.find((one) => one.key === key && one.form === form);
    if (!entry?.filled) return undefined;
    entry.used = this.use(key, form).now;
    return entry.at;
  }

  /** Makes room for a form of a filter that is not kept; {@link filled} marks it as written. */
  reserve(filter: Filter, form: string, bytes: number): number | undefined {
    this.entries = this.entries.filter((entry) => entry.filled && entry.alive());
    if (bytes > this.budget || this.unsettled(filter.key, form)) return undefined;
    if (this.heap.crowded) return undefined;
    this.block ||= this.heap.malloc(this.budget + 63);
    if (this.block === 0) return undefined;
    const { before, now } = this.use(filter.key, form);
    for (;;) {
      const at = this.gap(bytes);
      if (at !== undefined) {
        const { key, alive } = filter;
        this.entries.push({ key, form, at, bytes, alive, filled: false, used: now });
        this.entries.sort((a, b) => a.at - b.at);
        return at;
      }
      const oldest = this.entries.reduce((a, b) => (b.used < a.used ? b : a));
      if (oldest.used > before) return undefined;
      this.entries.splice(this.entries.indexOf(oldest), 1);
    }
  }

  filled(at: number): void {
    for (const entry of this.entries) if (entry.at === at) entry.filled = true;
  }

  /** To be called by whoever changes the values of `key` in place. */
  written(key: object): void {
    this.entries = this.entries.filter((entry) => entry.key !== key);
    this.changing.set(key, new Set());
  }

  /** Forgets everything and gives the block back; whether there was one. */
  clear(): boolean {
    if (this.block === 0) return false;
    this.heap.free(this.block);
    this.block = 0;
    this.entries = [];
    return true;
  }

  /** Notes that a filter is used now, and when it was before. */
  private use(key: object, form: string): { before: number; now: number } {
    const uses = this.lastUses.get(key) ?? new Map<string, number>();
    this.lastUses.set(key, uses);
    const before = uses.get(form) ?? Number.POSITIVE_INFINITY;
    uses.set(form, ++this.clock);
    return { before, now: this.clock };
  }

  /** Whether the values may change before they are used in this form again. */
  private unsettled(key: object, form: string): boolean {
    const seen = this.changing.get(key);
    if (!seen || seen.has(form)) return false;
    seen.add(form);
    return true;
  }

  /** Lowest address with `bytes` unused bytes behind it. */
  private gap(bytes: number): number | undefined {
    let at = aligned(this.block);
    for (const entry of this.entries) {
      if (at + bytes <= entry.at) return at;
      at = aligned(entry.at + entry.bytes);
    }
    return at + bytes <= aligned(this.block) + this.budget ? at : undefined;
  }
}

function aligned(at: number): number {
  return Math.ceil(at / 64) * 64;
}
