/** A weight; its numbers are read when they are asked for. */
export interface Weight {
  readonly dims: readonly number[];
  /** In the order of `dims`, last axis fastest: all of them, or those from one place up to another. */
  numbers(from?: number, to?: number): Float32Array;
}

/** The weights of a network by their names. */
export class State {
  readonly names: readonly string[];

  constructor(
    readonly tensors: ReadonlyMap<string, Weight>,
    /** What stood in front of every name and is left out, e.g. `module.` of DataParallel. */
    readonly wrapper = '',
    /** Paths of modules as the file has them, where wrappers inside are left out, too. */
    readonly spellings: ReadonlyMap<string, string> = new Map(),
  ) {
    this.names = [...tensors.keys()];
  }

  /** The path of a module with the wrappers that the file has in it. */
  spelled(path: string): string {
    for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
      const found = this.spellings.get(path.slice(0, end));
      if (found !== undefined) return found + path.slice(end);
    }
    return (this.spellings.get('') ?? this.wrapper) + path;
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  dims(name: string): readonly number[] | undefined {
    return this.tensors.get(name)?.dims;
  }

  /** Whether there is any weight of the module `path`. */
  hasModule(path: string): boolean {
    return this.names.some((name) => name.startsWith(`${path}.`));
  }

  /** How many of `list.0`, `list.1`, … there are. */
  count(list: string): number {
    let n = 0;
    while (this.hasModule(`${list}.${n}`)) n++;
    return n;
  }

  /**
   * What stands in front of `ending` in the name of a weight; of several, one that is called an average (EMA), else the
   * shortest: the others are copies.
   */
  prefixOf(ending: string): string | undefined {
    const found = this.names.flatMap((name) => {
      const prefix = name.slice(0, -ending.length);
      return name.endsWith(ending) && (prefix === '' || prefix.endsWith('.')) ? [prefix] : [];
    });
    found.sort((a, b) => Number(isAverage(b)) - Number(isAverage(a)) || a.length - b.length);
    return found[0];
  }
}

/** Whether a name says that the weights are the average over the training's last steps. */
export const isAverage = (name: string) => /(^|[._])(ema|averaged?|swa)([._]|$)/i.test(name);

/** What `torch.compile`, FSDP and its like put a module into, wherever it stands. */
const WRAPPERS =
  /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)(?=\.)/g;

/** A name without the modules that only wrap another. */
export const withoutWrappers = (name: string) => name.replace(WRAPPERS, '').replace(/^\./, '');

const PARALLEL = 'module.';

/** Takes the names of wrappers off, that of DataParallel wherever all weights have it. */
export function unwrapped(tensors: ReadonlyMap<string, Weight>): State {
  let wrapper = '';
  let named = [...tensors].map(
    ([file, tensor]) => ({ name: withoutWrappers(file), file, tensor }) as const,
  );
  for (;;) {
    const rest = named.filter(({ name }) => name !== 'n_averaged');
    if (rest.length === 0 || !rest.every(({ name }) => name.startsWith(PARALLEL))) break;
    wrapper += PARALLEL;
    named = rest.map((one) => ({ ...one, name: one.name.slice(PARALLEL.length) }));
  }
  const weights = new Map(named.map(({ name, tensor }) => [name, tensor]));
  return new State(withoutNormedWeights(weights), wrapper, spellingsOf(named));
}

function spellingsOf(named: readonly { readonly name: string; readonly file: string }[]) {
  const found = new Map<string, string>();
  const fronts = new Set(named.map(({ name, file }) => file.slice(0, file.length - name.length)));
  const [front] = fronts;
  // What stands in front of every weight does so in front of modules without weights, too.
  if (front && fronts.size === 1) found.set('', front);
  for (const { name, file } of named) {
    if (name === file) continue;
    for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
      const path = name.slice(0, end);
      if (found.has(path)) break;
      found.set(path, file.slice(0, file.length - (name.length - end)));
    }
  }
  return found;
}

/** The two parts of a weight that `torch.nn.utils.weight_norm` keeps apart: its length and its direction. */
const LENGTHS = [
  [/\.weight_g$/, '.weight_v'],
  [/\.parametrizations\.weight\.original0$/, '.parametrizations.weight.original1'],
] as const;

/** Puts weights together that were kept as length and direction, `w = g v / |v|` for each output channel. */
function withoutNormedWeights(named: ReadonlyMap<string, Weight>): ReadonlyMap<string, Weight> {
  const out = new Map<string, Weight>();
  for (const [name, weight] of named) {
    const found = LENGTHS.find(([length]) => length.test(name));
    const base = found && name.replace(found[0], '');
    const v = found && named.get(base + found[1]);
    if (v && product(weight.dims) === v.dims[0])
      out.set(`${base}.weight`, {
        dims: v.dims,
        numbers: (...ends) => scaledRows(v, weight).subarray(...ends),
      });
    else if (!DIRECTION.test(name) || !out.has(name.replace(DIRECTION, '.weight')))
      out.set(name, weight);
  }
  return out;
}

/** Comes behind the length. */
const DIRECTION = /\.(weight_v|parametrizations\.weight\.original1)$/;

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

function scaledRows(v: Weight, g: Weight): Float32Array {
  const [lengths, out] = [g.numbers(), Float32Array.from(v.numbers())];
  const size = out.length / lengths.length;
  for (const [row, length] of lengths.entries()) {
    const part = out.subarray(row * size, (row + 1) * size);
    const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < size; i++) part[i] *= length / norm;
  }
  return out;
}
