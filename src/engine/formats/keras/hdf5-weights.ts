import { type Hdf5Tree, textOf, textsOf } from './hdf5.ts';
import type { KerasWeight, KerasWeights, LayerStep } from './weights.ts';

/** Weights of one layer: by variable name (`kernel`, `moving_mean`) where the file has names, and in order. */
interface LayerWeights {
  readonly named: ReadonlyMap<string, KerasWeight>;
  readonly ordered: readonly KerasWeight[];
}

type Lookup = (path: readonly LayerStep[]) => LayerWeights;

const NONE: LayerWeights = { named: new Map(), ordered: [] };

/** Weights as any version of Keras lays them out in HDF5; undefined where the file holds none. */
export function hdf5Weights(tree: Hdf5Tree): KerasWeights | undefined {
  const lookup = lookupOf(tree);
  return (
    lookup && {
      find(path, { name, index }) {
        const { named, ordered } = lookup(path);
        return named.get(name) ?? ordered[index];
      },
    }
  );
}

function lookupOf(tree: Hdf5Tree): Lookup | undefined {
  if ([...tree.attributes.keys()].some((path) => /(^|\/)_?layers\b/.test(path) || path === 'vars'))
    return numbered(tree);
  const root = tree.attributes.has('model_weights') ? 'model_weights' : '';
  return textsOf(tree.attributes.get(root) ?? {}, 'layer_names') ? named(tree, root) : undefined;
}

const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('/');

/** `model.save('x.h5')` and Keras 2's `save_weights`: a group per top-level layer with the names of its weights. */
function named(tree: Hdf5Tree, root: string): Lookup {
  return (path) => {
    const [top] = path;
    const layer = path[path.length - 1];
    const group = join(root, top.name);
    const names = textsOf(tree.attributes.get(group) ?? {}, 'weight_names') ?? [];
    const own = path.length === 1 ? names : ownAmong(names, path, layer);
    const result = new Map<string, KerasWeight>();
    const ordered: KerasWeight[] = [];
    for (const name of own) {
      const array = tree.arrays.get(join(group, name));
      if (!array) continue;
      const weight = { name, shape: array.dims, values: array.numbers };
      ordered.push(weight);
      result.set(variableOf(name), weight);
    }
    return { named: result, ordered };
  };
}

/** By the whole path where the names have it: nested models may use a layer's name again. */
function ownAmong(names: readonly string[], path: readonly LayerStep[], layer: LayerStep) {
  const full = path.map(({ name }) => name);
  const wanted = [full, full.slice(1)].map((steps) => steps.join('/'));
  const exact = names.filter((name) => wanted.includes(name.split('/').slice(0, -1).join('/')));
  return exact.length > 0 ? exact : names.filter((name) => isOf(name, layer.name));
}

/** Frozen layers of nested models are out of order in the list, so that names decide. */
const isOf = (weight: string, layer: string) => weight.split('/').slice(0, -1).includes(layer);

/** `conv1/kernel:0` and `convolution3d_1_W` (Keras 1) are `kernel` and `W`. */
function variableOf(weight: string): string {
  const last = (weight.split('/').at(-1) ?? weight).replace(/:\d+$/, '');
  return /_(W|b|gamma|beta|running_mean|running_std)$/.exec(last)?.[1] ?? last;
}

/** Keras 3: groups by class and number, `layers/conv3d_1/vars/0`; newer ones hold the layer's name beside them. */
function numbered(tree: Hdf5Tree): Lookup {
  /** By container: where the layer of each name lies. */
  const places = new Map<string, Map<string, string>>();
  for (const path of tree.attributes.keys()) {
    const [, container, group] =
      /^(.*?)((?:_layer_checkpoint_dependencies|_?layers)\/[^/]+)$/.exec(path) ?? [];
    if (group === undefined) continue;
    const name = textOf(tree.attributes.get(join(path, 'vars'))?.name);
    const inside = container.replace(/\/$/, '');
    if (!places.has(inside)) places.set(inside, new Map());
    if (name !== undefined) places.get(inside)?.set(name, path);
  }
  return (path) => {
    let at = '';
    for (const { name, className, ordinal } of path) {
      const counted = snakeCase(className) + (ordinal > 0 ? `_${ordinal}` : '');
      const guesses = ['layers', '_layer_checkpoint_dependencies', '_layers'];
      const found =
        places.get(at)?.get(name) ??
        guesses
          .map((container) => join(at, container, counted))
          .find((group) => tree.attributes.has(group));
      if (found === undefined) return NONE;
      at = found;
    }
    const ordered: KerasWeight[] = [];
    for (let i = 0; ; i++) {
      const array = tree.arrays.get(join(at, 'vars', String(i)));
      if (!array) return { named: new Map(), ordered };
      ordered.push({
        name: path.map(({ name }) => name).join('/'),
        shape: array.dims,
        values: array.numbers,
      });
    }
  };
}

/** Keras' own naming: `MaxPooling3D` is `max_pooling3d`, `ReLU` is `re_lu`. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
