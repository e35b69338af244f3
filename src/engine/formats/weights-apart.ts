import { badFile } from '../../core/errors.ts';
import { sha256 } from '../checksum.ts';
import type { FileRead, ModelFiles } from '../model/source.ts';
import { allOf, inMemory, type Stored } from '../model/stored.ts';
import type { TaskOptions } from '../types.ts';
import { type NamedTensor, readSafetensors } from './safetensors.ts';

/** What a network is wrapped in while it is trained or exported. */
const WRAPPERS = /^((model|module|net|network|_orig_mod)[./])+/;

/** What another framework calls a weight, whose axes it also orders in its own way. */
const ELSEWHERE: Readonly<Record<string, readonly [name: string, framework: string]>> = {
  kernel: ['weight', 'PyTorch'],
  gamma: ['weight', 'PyTorch'],
  weight: ['kernel', 'Keras'],
};

const layerOf = (name: string) => name.replace(/[./][^./]*$/, '');

/** What all names begin with, a part more each: '', `module.`, `module._orig_mod.`. */
function sharedPrefixes(names: readonly string[]): readonly string[] {
  const [first = ''] = names;
  const ends = [...first.matchAll(/[./]/g)].map(({ index }) => first.slice(0, index + 1));
  return ['', ...ends.filter((prefix) => names.every((name) => name.startsWith(prefix)))];
}

/** Weights of a safetensors file that take the place of those in the network's own file. */
export class WeightsApart {
  private readonly used = new Set<string>();
  /** Weights of the network that were found, and those that were not with their shapes, by the network's names. */
  private readonly found = new Set<string>();
  private readonly kept = new Map<string, readonly number[]>();
  private readonly prefixes: readonly string[];

  constructor(
    private readonly label: string,
    readonly file: Stored,
    private readonly tensors: ReadonlyMap<string, NamedTensor>,
  ) {
    this.prefixes = sharedPrefixes([...tensors.keys()]);
  }

  /** The tensor of one of `names` and of this shape; undefined where there is none. */
  take(names: readonly string[], shape: readonly number[]): NamedTensor | undefined {
    const label = names[names.length - 1];
    for (const name of names.flatMap((one) => this.spellings(one))) {
      const tensor = this.tensors.get(name);
      if (!tensor || tensor.integer || tensor.dims.join() !== shape.join()) continue;
      this.used.add(name);
      this.found.add(label);
      return tensor;
    }
    this.kept.set(label, shape);
    return undefined;
  }

  private spellings(name: string): readonly string[] {
    const bare = name.replace(WRAPPERS, '');
    const plain = bare === name ? [name] : [name, bare];
    return this.prefixes.flatMap((prefix) =>
      plain.flatMap((one) => [`${prefix}${one}`, `${prefix}${one}:0`]),
    );
  }

  /**
   * Refuses weights of another framework: of its layers the biases alone would be taken.
   * @throws AppError `bad-file`
   */
  refuseForeign(): void {
    for (const [name, shape] of this.kept) {
      const layer = layerOf(name);
      const other = ELSEWHERE[name.slice(layer.length + 1)];
      if (!other) continue;
      const [theirs, framework] = other;
      const found = this.spellings(`${layer}.${theirs}`)
        .flatMap((one) => [one, one.replaceAll('.', '/')])
        .find((one) => this.tensors.has(one) && !this.used.has(one));
      if (found === undefined) continue;
      const { dims } = this.tensors.get(found) as NamedTensor;
      throw badFile(
        this.label,
        `its weights have the names of ${framework}, which orders their axes in another way: ${found} [${dims.join(', ')}], where the network has ${name} [${shape.join(', ')}]`,
        `weights saved from this network, or the ${framework} network exported by itself`,
      );
    }
  }

  /** Layers of which a part comes from either file: seldom what is meant. */
  private mixed(): string[] {
    const layers = new Set([...this.found].map(layerOf));
    return [...this.kept].flatMap(([name, shape]) => {
      const layer = layerOf(name);
      return shape.length > 0 && name !== layer && layers.has(layer) ? [name] : [];
    });
  }

  /**
   * What was not used, once the network was read.
   * @throws AppError `bad-file` where nothing was, and for names of another framework
   */
  notes(): string[] {
    this.refuseForeign();
    const rest = [...this.tensors].filter(([name]) => !this.used.has(name));
    const listed = (tensors: readonly (readonly [string, Pick<NamedTensor, 'dims'>])[]) => {
      const names = tensors.slice(0, 6).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`);
      const more = tensors.length - names.length;
      return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    };
    if (this.used.size === 0) {
      throw badFile(
        this.label,
        `none of its tensors has the name and shape of a weight of the network (${listed(rest) || 'it has none'})`,
        'weights saved from this network',
      );
    }
    const integers = rest.filter(([, { integer }]) => integer);
    const unmatched = rest.filter(([, { integer }]) => !integer);
    const mixed = this.mixed();
    const kept = [...this.kept].filter(
      ([name, shape]) => shape.some((n) => n > 1) && !this.found.has(name),
    );
    return [
      ...(kept.length > 0
        ? [
            `${this.label}: not in it, so that the network keeps its own: ${listed(kept.map(([name, dims]) => [name, { dims }]))}.`,
          ]
        : []),
      ...(mixed.length > 0
        ? [
            `${this.label}: other weights of the same layers are in it, but not ${mixed.slice(0, 6).join(', ')}: compare the scores with your own (--parity).`,
          ]
        : []),
      ...(unmatched.length > 0
        ? [`${this.label}: not in the network, and left out: ${listed(unmatched)}.`]
        : []),
      ...(integers.length > 0
        ? [`${this.label}: whole numbers, which are no weights, and left out: ${listed(integers)}.`]
        : []),
    ];
  }
}

/** A file of weights, read in parts where it is large; null where it is not there. */
export async function storedWeights(
  weights: FileRead,
  signal: AbortSignal | undefined,
): Promise<Stored | null> {
  const large = weights.large?.();
  if (large) return large;
  const bytes = await weights.read({ signal });
  return bytes && inMemory(bytes);
}

/** @throws AppError `bad-file` */
export async function readWeightsApart(
  { weights }: ModelFiles,
  { signal }: TaskOptions,
): Promise<WeightsApart | undefined> {
  if (!weights) return undefined;
  const file = await storedWeights(weights, signal);
  if (!file) throw badFile(weights.label, 'not found', 'a safetensors file');
  return new WeightsApart(weights.label, file, readSafetensors(file, weights.label));
}

/** Bytes that are hashed at once: browsers and Node copy what they hash, and large files are not in memory. */
const HASHED = 64 * 2 ** 20;

/** SHA-256 of a file; of a large one, that of the list of those of its parts of 64 MiB. */
async function digest(file: Stored): Promise<string | null> {
  if (file.size <= HASHED) return sha256(allOf(file));
  const parts: (string | null)[] = [];
  for (let at = 0; at < file.size; at += HASHED) {
    const part = file.part(at, Math.min(file.size, at + HASHED));
    parts.push(await sha256(part as Uint8Array<ArrayBuffer>));
    release(part);
  }
  return parts.includes(null) ? null : sha256(new TextEncoder().encode(parts.join(' ')));
}

/** Gives back the memory of a part that was read, which is no view: large files are read before it would be collected. */
function release({ buffer, byteLength }: Uint8Array): void {
  const owned = buffer as { readonly byteLength: number; transfer?: (size: number) => unknown };
  if (owned.byteLength === byteLength) owned.transfer?.(0);
}

/** Identifies the files that a network is made of. */
export async function joinedFingerprint(
  main: Stored,
  apart: WeightsApart | undefined,
): Promise<string | null> {
  const own = await digest(main);
  const other = apart && (await digest(apart.file));
  return own && apart ? sha256(new TextEncoder().encode(`${own} ${other}`)) : own;
}
