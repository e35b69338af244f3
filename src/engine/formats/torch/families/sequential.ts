import { AppError } from '../../../../core/errors.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { children, classOf } from '../module.ts';
import type { Inert } from '../pickle.ts';
import { Settings } from '../../settings.ts';
import { shapeText } from '../unknown.ts';
import type { Building, Family } from './family.ts';
import { addModule } from './modules.ts';

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

/** A state dict whose names are numbers: what lies between the layers with weights has to be said. */
export const bareSequential: Family = {
  find(checkpoint) {
    const numbered = /^\d+\.(weight|bias|running_mean|running_var|num_batches_tracked)$/;
    return checkpoint.state.names.every((name) => numbered.test(name))
      ? firstOf(checkpoint)
      : undefined;
  },
  build(building) {
    const { checkpoint, layers, state } = building;
    const { config, file } = checkpoint;
    const list = config.list() ?? config.at('layers').list();
    if (!list) throw unsaid(checkpoint);
    const last = Math.max(...state.names.map((name) => Number(name.split('.')[0])));
    if (last >= list.length)
      throw layers.refuse(
        `the configuration lists ${list.length} layers, and the file has weights of layer ${last}`,
        'a list of all layers of this network',
      );
    let x = building.input;
    for (const [i, options] of list.entries()) {
      const type = options.at('type').text() ?? options.text() ?? '';
      const made = addModule({ layers, path: String(i), type, options }, x);
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

function unwrap(module: Inert): Inert {
  let inner = module;
  while (WRAPPERS.has(classOf(inner))) {
    const [only] = children(inner);
    if (!only) break;
    inner = only[1];
  }
  return inner;
}

/** The first kernel with one axis or more in space. */
function firstOf({ state }: Checkpoint) {
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

const outputOf = ({ layers }: Building, x: NodeId) => [[layers.nameOf(x), x] as const];

function unsaid({ file, state }: Checkpoint): AppError {
  const shown = state.names.filter((name) => name.endsWith('.weight')).slice(0, 12);
  const found = shown.map((name) => `${name} ${shapeText(state.dims(name))}`).join(', ');
  return new AppError(
    'unsupported',
    `${file}: the PyTorch weights of an nn.Sequential (${found}), which do not say what lies between them (activations, pooling) nor the padding; accepted: the same with layers.json beside it or given with --config, a list like [{"type": "Conv3d", "padding": 1}, {"type": "ReLU"}, {"type": "MaxPool3d", "kernel": 2}, {"type": "Flatten"}, {"type": "Linear"}]`,
  );
}
