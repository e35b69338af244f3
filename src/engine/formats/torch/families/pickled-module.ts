import type { NodeId } from '../../../graph/types.ts';
import { children, classOf } from '../module.ts';
import type { Inert } from '../pickle.ts';
import { Settings } from '../../settings.ts';
import type { Building, Family } from './family.ts';
import { addModule } from './modules.ts';
import { firstOf, outputOf, unwrap } from './sequential.ts';

/** Names of modules that stand beside others, so that a network with them does more than run its modules in order. */
const BESIDE = /short_?cut|skip|down_?sample|resid|identity|atten|gate|squeeze|(^|_)se$/i;

/**
 * A whole pickled network of a class whose code is not in the file. What its forward() does is not known; where its modules,
 * in the order in which they were made, fit together in channels and sizes with an activation between any two of them, they
 * are run in that order, and the note says so.
 */
export const pickledModule: Family = {
  find(checkpoint) {
    const inner = checkpoint.module && unwrap(checkpoint.module);
    return inner && isChain(inner) ? firstOf(checkpoint) : undefined;
  },

  build(building) {
    const inner = unwrap(building.checkpoint.module as Inert);
    const x = run(building, '', inner, { x: building.input, active: true });
    return outputOf(building, x.x);
  },

  facts({ module }) {
    const name = module ? unwrap(module).className : '';
    return {
      title: name.split('.').at(-1) ?? name,
      notes: [
        `The code of ${name} is not in the file, so its modules are run in the order in which they were made, which fits all their shapes; before you trust it, compare one answer with PyTorch’s (--parity).`,
      ],
    };
  },
};

/** Classes of modules that add what went round them, or look at all of it. */
const BRANCHED =
  /resid|res_?(net|block|unit|layer)|bottleneck|basic_?block|dense_?(net|block|layer)|inception|attention|squeeze|u_?net/i;

/** Whether nothing speaks against it: no names or classes of branches, no module of an unknown class without modules inside. */
function isChain(module: Inert): boolean {
  const inner = children(module);
  return (
    inner.length > 0 &&
    inner.every(([name, one]) => {
      if (BESIDE.test(name) || BRANCHED.test(classOf(one))) return false;
      return one.className.startsWith('torch.nn.') ? isPlain(one) : isChain(one);
    })
  );
}

/** Containers of torch hold others; anything else of it is a layer. */
const isPlain = (module: Inert) =>
  isContainer(module) ? children(module).every(([, one]) => isPlainOrChain(one)) : true;

const isPlainOrChain = (module: Inert): boolean =>
  module.className.startsWith('torch.nn.') ? isPlain(module) : isChain(module);

const isContainer = (module: Inert) => ['Sequential', 'ModuleList'].includes(classOf(module));

interface Running {
  readonly x: NodeId;
  /** Whether there was an activation since the last kernel; code may hold one that no module shows. */
  readonly active: boolean;
}

function run(building: Building, path: string, module: Inert, given: Running): Running {
  const { layers } = building;
  const ordered = classOf(module) === 'Sequential';
  let now = given;
  for (const [name, inner] of children(module)) {
    const own = path === '' ? name : `${path}.${name}`;
    if (children(inner).length > 0 || isContainer(inner)) {
      const { x, active } = run(building, own, inner, now);
      now = { x: layers.end(own, x, classOf(inner)), active };
    } else now = one(building, own, inner, now, ordered);
  }
  return now;
}

function one(
  building: Building,
  path: string,
  module: Inert,
  { x: given, active }: Running,
  ordered: boolean,
): Running {
  const { layers, state } = building;
  const type = classOf(module);
  const kernel = state.dims(`${path}.weight`);
  const isKernel = (kernel?.length ?? 0) > 1;
  if (isKernel && !active && !ordered)
    throw layers.refuse(
      `no module lies between its layer ${path} and the one before it, so the activation is in its code (${unwrap(building.checkpoint.module as Inert).className}), which is not in the file`,
      'networks whose activations are modules, layers.json with all layers in order, or the network exported with torch.onnx.export',
    );
  const x = type === 'Linear' ? vector(building, path, given) : given;
  const channels = layers.channelsOf(x);
  const groups = new Settings(module).at('groups').number() ?? 1;
  const taken = type.startsWith('ConvTranspose') ? kernel?.[0] : (kernel?.[1] ?? 0) * groups;
  if (isKernel && taken !== channels)
    throw layers.refuse(
      `its layer ${path} takes ${taken} channels and the one made before it gives ${channels}, so its code does more than run its modules in order`,
      'networks of nn.Sequential, or the network exported with torch.onnx.export',
    );
  const made = addModule({ layers, path, type, options: new Settings(module) }, x);
  if (made === undefined)
    throw layers.refuse(
      `its layer ${path} is a ${module.className}, whose code is not in the file and never run`,
      'layers of torch.nn, or the network exported with torch.onnx.export',
    );
  const works = /Norm|Pool|Dropout|Flatten|Identity|Upsample|Pad/.test(type);
  return { x: made, active: isKernel ? false : active || !works };
}

/** In front of a linear layer code flattens, or takes the means over space: its width decides which. */
function vector({ layers }: Building, path: string, x: NodeId): NodeId {
  const space = layers.spaceOf(x);
  if (space.length === 0) return x;
  const wanted = layers.dims(`${path}.weight`)[1];
  const channels = layers.channelsOf(x);
  if (wanted === channels * space.reduce((a, b) => a * b, 1))
    return layers.flatten(`${path} (flattened)`, x);
  if (wanted === channels) return layers.global(`${path} (means)`, x, 'mean');
  throw layers.refuse(
    `its layer ${path} takes ${wanted} numbers, and what comes before it has ${channels} channels of [${space}] voxels`,
    'a volume of the size that the network was trained on',
  );
}
