import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import type { PerAxis } from '../layers.ts';
import { perAxis } from '../layers.ts';
import { type Building, type Family, productOf } from './family.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

const BLOCK = 'model.0.conv.unit0.conv.weight';
const PLAIN = 'model.0.conv.weight';

/**
 * MONAI's UNet, octopi's default: `p.0` halves, `p.1.submodule` is the next level or the bottom, whose result is
 * concatenated behind `p.0`'s, and `p.2` doubles. Normalisation is an instance norm without weights where the file has none.
 */
export const monaiUnet: Family = {
  find({ state }) {
    for (const first of [BLOCK, PLAIN]) {
      const prefix = state.prefixOf(first);
      if (prefix !== undefined && state.hasModule(`${prefix}model.1.submodule`))
        return { prefix, first: prefix + first };
    }
    return undefined;
  },

  build(building) {
    const { layers, input, prefix } = building;
    const axes = layers.spaceOf(input).length;
    const strides = stridesOf(building, axes);
    layers.requireMultiples(
      input,
      productOf(
        strides.map((s) => perAxis(s, axes)),
        axes,
      ),
    );
    const out = level(building, `${prefix}model`, input, strides);
    return [[`${prefix}model`, out]];
  },

  tile: octopiTile,

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'MONAI UNet'),
};

/** Of each level: the configuration's, else 2 where the shortcut has a whole window. */
function stridesOf({ checkpoint, layers, state, prefix }: Building, axes: number): PerAxis[] {
  const given =
    checkpoint.config.at('model', 'strides').list() ?? checkpoint.config.at('strides').list();
  const strides: PerAxis[] = [];
  for (let path = `${prefix}model`; state.hasModule(`${path}.0`); path = `${path}.1.submodule`) {
    const own = given?.[strides.length];
    const shortcut = state.dims(`${path}.0.residual.weight`);
    const stated = own?.number() ?? own?.numbers();
    if (stated !== undefined) strides.push(stated);
    else if (state.hasModule(`${path}.0.conv.unit0`))
      strides.push(shortcut?.slice(2).map((size) => (size > 1 ? 2 : 1)) ?? 1);
    else
      throw layers.refuse(
        'its weights do not say by how much each level halves the volume',
        'the same with its configuration (model.yaml with strides) beside it or given with --config',
      );
  }
  return strides.map((stride) => perAxis(stride, axes));
}

function level(
  building: Building,
  path: string,
  x: NodeId,
  [stride, ...rest]: readonly PerAxis[],
): NodeId {
  const { layers, state } = building;
  const down = unit(building, `${path}.0`, x, stride);
  const inner = `${path}.1.submodule`;
  const below =
    rest.length > 0 ? level(building, inner, down, rest) : unit(building, inner, down, 1);
  const joined = layers.concat(`${path}.1`, [down, below]);
  const last = path === `${building.prefix}model`;
  const simple = state.hasModule(`${path}.2.conv`) && !state.hasModule(`${path}.2.conv.unit0`);
  if (simple) {
    const up = convolution(building, `${path}.2`, joined, { stride, transposed: true, bare: last });
    return layers.end(path, up, 'Sequential');
  }
  const up = convolution(building, `${path}.2.0`, joined, {
    stride,
    transposed: true,
    bare: false,
  });
  const out = unit(building, `${path}.2.1`, up, 1, last);
  return layers.end(path, layers.end(`${path}.2`, out, 'Sequential'), 'Sequential');
}

/** One convolution, or several with a shortcut around them. */
function unit(building: Building, path: string, x: NodeId, stride: PerAxis, bare = false): NodeId {
  const { layers, state } = building;
  const units = unitsOf(building, path);
  if (units === 0) return convolution(building, path, x, { stride, transposed: false, bare });
  let y = x;
  for (let i = 0; i < units; i++)
    y = convolution(building, `${path}.conv.unit${i}`, y, {
      stride: i === 0 ? stride : 1,
      transposed: false,
      bare: bare && i === units - 1,
    });
  y = layers.end(`${path}.conv`, y, 'Sequential');
  const shortcut = state.has(`${path}.residual.weight`)
    ? layers.conv(`${path}.residual`, x, { stride })
    : x;
  return layers.end(path, layers.sum(`${path} (sum)`, [y, shortcut]), 'ResidualUnit');
}

function unitsOf({ state }: Building, path: string): number {
  let n = 0;
  while (state.hasModule(`${path}.conv.unit${n}`)) n++;
  return n;
}

interface Convolution {
  readonly stride: PerAxis;
  readonly transposed: boolean;
  /** The last one of the network, with nothing behind it. */
  readonly bare: boolean;
}

/** MONAI's `Convolution`: then normalisation, (dropout,) activation. */
function convolution(building: Building, path: string, x: NodeId, how: Convolution): NodeId {
  const { layers, state } = building;
  const axes = layers.spaceOf(x).length;
  const window = layers.dims(`${path}.conv.weight`).slice(2);
  const padding = window.map((size) => Math.floor((size - 1) / 2));
  const y = how.transposed
    ? layers.convTranspose(`${path}.conv`, x, {
        stride: how.stride,
        padding,
        outputPadding: perAxis(how.stride, axes).map((s) => s - 1),
      })
    : layers.conv(`${path}.conv`, x, { stride: how.stride, padding });
  if (how.bare) return layers.end(path, y, 'Convolution');
  const normed = layers.norm(`${path}.adn.N`, y);
  const active = state.has(`${path}.adn.A.weight`)
    ? layers.prelu(`${path}.adn.A`, normed)
    : layers.activation(`${path}.adn.A`, normed, statedActivation(building));
  return layers.end(path, layers.end(`${path}.adn`, active, 'ADN'), 'Convolution');
}

function statedActivation({ checkpoint, layers }: Building) {
  const act = checkpoint.config.at('model', 'act');
  const name = act.text() ?? act.list()?.[0]?.text();
  const options = act.list()?.[1];
  const found =
    name && activationOf(name, (key, otherwise) => options?.at(key).number() ?? otherwise);
  if (found) return found;
  throw layers.refuse(
    'its activations have no weights (PReLU has), so the file does not say what they are',
    'the same with its configuration (model.yaml with act) beside it or given with --config',
  );
}
