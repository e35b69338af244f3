/** A weight; its numbers are read when they are asked for. */
export interface Weight {
  readonly dims: readonly number[];
  /** In the order of `dims`, last axis fastest. */
  numbers(): Float32Array;
}

/** The weights of a network by their names. */
export class State {
  readonly names: readonly string[];

  constructor(
    readonly tensors: ReadonlyMap<string, Weight>,
    /** What stood in front of every name and is left out, e.g. `module.` of DataParallel. */
    readonly wrapper = '',
  ) {
    this.names = [...tensors.keys()];
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

const WRAPPER = /^(?:_orig_mod|module)\./;

/** Takes the names of DataParallel and `torch.compile` off, wherever all weights have them. */
export function unwrapped(tensors: ReadonlyMap<string, Weight>): State {
  let wrapper = '';
  let named = [...tensors].map(
    ([name, tensor]) => [name.replaceAll(/\._orig_mod\./g, '.'), tensor] as const,
  );
  for (;;) {
    const found = WRAPPER.exec(named[0]?.[0] ?? '')?.[0];
    const rest = named.filter(([name]) => name !== 'n_averaged');
    if (found === undefined || !rest.every(([name]) => name.startsWith(found))) break;
    wrapper += found;
    named = rest.map(([name, tensor]) => [name.slice(found.length), tensor] as const);
  }
  return new State(withoutNormedWeights(new Map(named)), wrapper);
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
      out.set(`${base}.weight`, { dims: v.dims, numbers: () => scaledRows(v, weight) });
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
