import type { Activation } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Layers } from '../layers/index.ts';
import { type PerAxis, perAxis } from '../layers/options.ts';
import { type Building, type Family, productOf } from './family.ts';
import { activationNamed, normed, stated } from './monai.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

const BLOCK = 'model.0.conv.unit0.conv.weight';
const PLAIN = 'model.0.conv.weight';

/** See `assumed`. */
const UNSAID = {
  what: 'norms without statistics are instance norms',
  names: 'norm, act, adn_ordering',
};

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

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'MONAI UNet', UNSAID),
};

/** Of each level: what is stated, else 2 where the shortcut has a whole window. */
function stridesOf({ checkpoint, layers, state, prefix }: Building, axes: number): PerAxis[] {
  const given = stated(checkpoint, 'strides').list();
  const strides: PerAxis[] = [];
  for (let path = `${prefix}model`; state.hasModule(`${path}.0`); path = `${path}.1.submodule`) {
    const first = [`${path}.0.conv.unit0.conv`, `${path}.0.conv`];
    const own = layers.said(first.find((one) => state.has(`${one}.weight`)) ?? '').at('stride');
    const shortcut = state.dims(`${path}.0.residual.weight`);
    const known = own.isThere ? own : given?.[strides.length];
    const value = known?.number() ?? known?.numbers();
    if (value !== undefined) strides.push(value);
    else if (state.hasModule(`${path}.0.conv.unit0`))
      strides.push(shortcut?.slice(2).map((size) => (size > 1 ? 2 : 1)) ?? 1);
    else
      throw layers.refuse(
        'its weights do not say by how much each level halves the volume',
        'the same with its configuration (model.yaml with strides) beside it, dropped with it or given with --config',
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
  const { layers } = building;
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
  return layers.end(
    path,
    layers.end(`${path}.adn`, adn(building, `${path}.adn`, y), 'ADN'),
    'Convolution',
  );
}

/** MONAI's ADN: activation and normalisation in the order of `adn_ordering`; dropout does nothing. */
function adn(building: Building, path: string, given: NodeId): NodeId {
  const { checkpoint, layers, state } = building;
  let x = given;
  for (const letter of orderOf(building, path)) {
    const own = `${path}.${letter}`;
    if (letter === 'N') x = normed(building, 'norm', own, x);
    else if (state.has(`${own}.weight`) || layers.classAt(own) !== undefined)
      x = layers.activation(own, x, { kind: 'relu' });
    else x = layers.activation(own, x, statedActivation(layers, checkpoint));
  }
  return x;
}

/** `NA` or `AN`, without what was set to None; the names of the weights have the order, too. */
function orderOf({ checkpoint, layers, state }: Building, path: string): string[] {
  const [n, a] = ['N', 'A'].map((one) =>
    state.names.findIndex((name) => name.startsWith(`${path}.${one}.`)),
  );
  const text = stated(checkpoint, 'adn_ordering').text()?.toUpperCase();
  const order = layers.childrenAt(path) ?? text ?? (a >= 0 && n > a ? 'AN' : 'NA');
  const none = { N: stated(checkpoint, 'norm').isNull, A: stated(checkpoint, 'act').isNull };
  return [...order].filter((one) => (one === 'N' || one === 'A') && !none[one]);
}

function statedActivation(layers: Layers, checkpoint: Checkpoint): Activation {
  const found = activationNamed(layers, stated(checkpoint, 'act'));
  if (found) return found;
  throw layers.refuse(
    'its activations have no weights (PReLU has), so the file does not say what they are',
    'the same with its configuration (model.yaml with act) beside it, dropped with it or given with --config',
  );
}
