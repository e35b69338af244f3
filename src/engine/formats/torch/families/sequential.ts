import { AppError } from '../../../../core/errors.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { children, classOf } from '../module.ts';
import type { Inert } from '../pickle.ts';
import { Settings } from '../../settings.ts';
import { shapeText } from '../unknown.ts';
import type { Building, Family } from './family.ts';
import { addModule } from './modules.ts';
import { numbersOf } from './numbered.ts';

/** Only hand their one module's result on. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'DataParallel',
  'DistributedDataParallel',
  'OptimizedModule',
  'AveragedModel',
]);

/** A pickled `nn.Sequential`: its layers and all their options lie in the file, and it runs them in order. */
export const pickledSequential: Family = {
  find(checkpoint) {
    const inner = checkpoint.module && unwrap(checkpoint.module);
    return inner && classOf(inner) === 'Sequential' ? firstOf(checkpoint) : undefined;
  },
  build(building) {
    const inner = unwrap(building.checkpoint.module as Inert);
    return outputOf(building, chain(building, '', inner, building.input));
  },
  facts: () => ({ title: 'PyTorch Sequential' }),
};

/**
 * A state dict whose names are numbers: what lies between the layers with weights has to be said. A list of layers that is
 * given serves any network that runs its layers in order; `name` is the path of a layer with other names than numbers.
 */
export const bareSequential: Family = {
  find(checkpoint) {
    const numbered = /^\d+\.(weight|bias|running_mean|running_var|num_batches_tracked)$/;
    const said = layersSaid(checkpoint) !== undefined;
    const bare = !checkpoint.module && checkpoint.state.names.every((name) => numbered.test(name));
    return said || bare ? firstOf(checkpoint) : undefined;
  },
  build(building) {
    const { checkpoint, layers, state } = building;
    const { file } = checkpoint;
    const list = layersSaid(checkpoint);
    if (!list) throw unsaid(checkpoint);
    const last = Math.max(-1, ...numbersOf(state, ''));
    const pathOf = pathsOf(checkpoint);
    if (last >= list.length)
      throw layers.refuse(
        `the configuration lists ${list.length} layers, and the file has weights of layer ${last}`,
        'a list of all layers of this network',
      );
    let x = building.input;
    for (const [i, options] of list.entries()) {
      const type = options.at('type').text() ?? options.text() ?? '';
      const path = options.at('name').text() ?? pathOf(type, i);
      const made = addModule({ layers, path, type, options }, x);
      if (made === undefined)
        throw layers.refuse(
          `layer ${i} of the configuration is a '${type}'`,
          'names of torch.nn, e.g. Conv3d, ReLU, MaxPool3d, Flatten, Linear',
        );
      x = made;
    }
    if (x === building.input)
      throw new AppError(
        'bad-input',
        `${file}: the configuration lists no layers; accepted: a list of layers`,
      );
    return outputOf(building, x);
  },
  facts: () => ({ title: 'PyTorch Sequential' }),
};

/**
 * Paths of layers that are listed without names: their numbers; in a network with other names each takes the next module of
 * its kind, so that those with weights follow each other as they do in the file.
 */
function pathsOf({ modules, state }: Checkpoint): (type: string, index: number) => string {
  if (numbersOf(state, '').length > 0) return (_, index) => String(index);
  const weighted = new Set(state.names.map((name) => name.slice(0, name.lastIndexOf('.'))));
  const left = modules.size > 0 ? [...modules.keys()] : [...weighted];
  return (type, index) => {
    const at = left.findIndex((path) => {
      const module = modules.get(path);
      return module ? classOf(module) === type : WEIGHTED.test(type);
    });
    if (at < 0) return `layer ${index}`;
    const [path] = left.splice(0, at + 1).slice(-1);
    return path;
  };
}

/** Classes of `torch.nn` that have weights. */
const WEIGHTED = /^(Conv|Linear|PReLU|(Batch|Sync|Group|Layer|Instance)\w*Norm)/;

const layersSaid = ({ config }: Checkpoint) => config.list() ?? config.at('layers').list();

export function unwrap(module: Inert): Inert {
  let inner = module;
  while (WRAPPERS.has(classOf(inner))) {
    const [only] = children(inner);
    if (!only) break;
    inner = only[1];
  }
  return inner;
}

/** The first kernel with one axis or more in space. */
export function firstOf({ state }: Checkpoint) {
  const first = state.names.find(
    (name) => name.endsWith('weight') && (state.dims(name)?.length ?? 0) > 2,
  );
  return first === undefined ? undefined : { prefix: '', first };
}

function chain(building: Building, path: string, module: Inert, given: NodeId): NodeId {
  const { layers } = building;
  let x = given;
  for (const [name, inner] of children(module)) {
    const own = path === '' ? name : `${path}.${name}`;
    const type = classOf(inner);
    const made =
      type === 'Sequential'
        ? layers.end(own, chain(building, own, inner, x), type)
        : addModule({ layers, path: own, type, options: new Settings(inner) }, x);
    if (made === undefined)
      throw layers.refuse(
        `its layer ${own} is a ${inner.className}, whose code is not in the file and never run`,
        'layers of torch.nn, or the network exported with torch.onnx.export',
      );
    x = made;
  }
  return x;
}

export const outputOf = ({ layers }: Building, x: NodeId) => [[layers.nameOf(x), x] as const];

function unsaid({ file, state }: Checkpoint): AppError {
  const shown = state.names.filter((name) => name.endsWith('.weight')).slice(0, 12);
  const found = shown.map((name) => `${name} ${shapeText(state.dims(name))}`).join(', ');
  return new AppError(
    'unsupported',
    `${file}: the PyTorch weights of an nn.Sequential (${found}), which do not say what lies between them (activations, pooling) nor the padding; accepted: the same with layers.json beside it, dropped with it or given with --config, a list like [{"type": "Conv3d", "padding": 1}, {"type": "ReLU"}, {"type": "MaxPool3d", "kernel": 2}, {"type": "Flatten"}, {"type": "Linear"}]`,
  );
}
