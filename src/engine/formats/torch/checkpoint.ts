import { badFile } from '../../../core/errors.ts';
import type { Stored } from '../../model/stored.ts';
import { ACCEPTED_TORCH, readTorch, TorchTensor } from './container.ts';
import { isModule, modulesByPath, weightsOfModule } from './module.ts';
import { Inert, textOfKey } from './pickle.ts';
import { Settings } from '../settings.ts';
import type { WeightsApart } from '../weights-apart.ts';
import { isAverage, State, unwrapped } from './state.ts';

/** What a PyTorch file holds, and the configuration that came with it. */
export interface Checkpoint {
  readonly file: string;
  readonly state: State;
  /** Everything in the file beside the weights. */
  readonly settings: Settings;
  /** What was given beside it, e.g. `plans.json` or `model.yaml`. */
  readonly config: Settings;
  /** The network as a pickled object; null for a state dict. */
  readonly module: Inert | null;
  /** The modules inside it by their paths, with the options that no weight shows; none for a state dict. */
  readonly modules: ReadonlyMap<string, Inert>;
  /** What was chosen where the file leaves a choice, one sentence each. */
  readonly notes: readonly string[];
}

/** Dictionaries within dictionaries that are looked through. */
const DEEPEST = 4;

/** Things in a list that may hold a network, e.g. weights and an epoch. */
const MOST_LISTED = 16;

/** Weights that are no network's: of optimizers and their like. */
const OTHERS = /(^|[._])opt(im|$|[._])|sched|scaler|loss|metric|callback/i;

interface Candidate {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly module: Inert | null;
}

/**
 * Finds the weights in a file that may be the network's, the likeliest first: a state dict, one within a checkpoint
 * (Lightning, `model_state_dict`, …), or a pickled module; averaged weights (EMA) before others, then the largest.
 * @throws AppError `bad-file`, `unsupported`
 */
export function readCheckpoints(
  stored: Stored,
  file: string,
  config: Settings,
  replace?: WeightsApart,
): [Checkpoint, ...Checkpoint[]] {
  const content = readTorch(stored, file);
  const settings = new Settings(content);
  const found = candidates(content, { file, seen: new Set() }, '', 0).sort(
    (a, b) =>
      Number(isAverage(b.path)) - Number(isAverage(a.path)) || b.tensors.size - a.tensors.size,
  );
  const read = found.map(({ path, module, tensors }): Checkpoint => {
    const state = unwrapped(tensors);
    const average = isAverage(path) && found.length > 1;
    return {
      file,
      state: replace ? replaced(state, replace) : state,
      settings,
      config,
      module,
      modules: module ? modulesByPath(module, state.wrapper) : new Map(),
      notes: average ? [`Its averaged weights (${path}) are used.`] : [],
    };
  });
  const [first, ...others] = read;
  if (!first) throw badFile(file, `it holds no weights, but ${nature(content)}`, ACCEPTED_TORCH);
  return [first, ...others];
}

/** The same with the weights of another file where it has them by name and shape. */
function replaced(state: State, by: WeightsApart): State {
  const named = [...state.tensors].map(([name, tensor]) => {
    const found = by.take([name, state.spelled(name)], tensor.dims);
    if (!found) return [name, tensor] as const;
    const numbers = (...ends: readonly number[]) => Float32Array.from(found.numbers(...ends));
    return [name, { dims: tensor.dims, numbers }] as const;
  });
  return new State(new Map(named), state.wrapper, state.spellings);
}

interface Search {
  readonly file: string;
  /** What was looked at before: a pickle may hold one object in many places. */
  readonly seen: Set<unknown>;
}

function candidates(value: unknown, search: Search, path: string, depth: number): Candidate[] {
  if (OTHERS.test(path) || depth > DEEPEST || search.seen.has(value)) return [];
  if (value instanceof Inert && isModule(value)) {
    search.seen.add(value);
    return [{ path, tensors: weightsOfModule(value, search.file), module: value }];
  }
  const inside = value instanceof Inert ? value.attributes : value;
  if (Array.isArray(inside) && inside.length <= MOST_LISTED) {
    search.seen.add(value);
    return inside.flatMap((one, i) => candidates(one, search, `${path}${i}`, depth + 1));
  }
  if (!(inside instanceof Map)) return [];
  search.seen.add(value);
  const tensors = new Map<string, TorchTensor>();
  const inner: Candidate[] = [];
  for (const [key, one] of inside) {
    const own = path ? `${path}.${textOfKey(key)}` : textOfKey(key);
    if (one instanceof TorchTensor && typeof key === 'string') tensors.set(key, one);
    else inner.push(...candidates(one, search, own, depth + 1));
  }
  return tensors.size > 0 ? [{ path, tensors, module: null }, ...inner] : inner;
}

/** What a pickled object is, in words. */
export function nature(value: unknown): string {
  if (value instanceof Inert) return `an object of the class ${value.className}`;
  if (value instanceof TorchTensor) return `one tensor of [${value.dims}]`;
  if (value instanceof Map) {
    const keys = [...value].slice(0, 8).map(([key, one]) => {
      const of = one instanceof Inert ? ` (${one.className})` : '';
      return `${textOfKey(key)}${of}`;
    });
    if (keys.length === 0) return 'an empty dictionary';
    return `a dictionary of ${keys.join(', ')}${value.size > 8 ? ', …' : ''}`;
  }
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}
