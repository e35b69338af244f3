import type { NodeId } from '../../../graph/types.ts';
import type { Settings } from '../../settings.ts';
import { type Building, byNames, type Family } from './family.ts';
import { activated, named, normed, stated, subpixel } from './monai.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

/** Of its group norms, if nothing else is stated. */
const GROUPS = 8;

/** See `assumed`. */
const UNSAID = {
  what: 'its group norms have 8 groups and its activations are ReLUs',
  names: 'norm, act',
};

/**
 * MONAI's first SegResNet: group norms in front of the convolutions, every level halved by its first convolution, the way
 * up by interpolation. Eight groups and ReLU are MONAI's if nothing else is stated.
 */
export const segResNetOld: Family = {
  find: byNames('convInit.conv.weight', 'down_layers.0', 'up_layers.0', 'conv_final.2.conv.weight'),

  build(building) {
    const { layers, state, prefix, input } = building;
    const levels = state.count(`${prefix}down_layers`);
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => 2 ** (levels - 1)),
    );
    let x = convolution(building, `${prefix}convInit`, input);
    const skips: NodeId[] = [];
    for (let i = 0; i < levels; i++) {
      const path = `${prefix}down_layers.${i}`;
      // The first module is the strided convolution, of the first level an identity.
      if (i > 0) x = convolution(building, `${path}.0`, x, 2);
      x = blocks(building, path, x, 1);
      skips.unshift(x);
    }
    for (let i = 0; i < levels - 1; i++) {
      const up = enlarged(building, `${prefix}up_samples.${i}`, x);
      const path = `${prefix}up_layers.${i}`;
      x = blocks(building, path, layers.sum(`${path} (sum)`, [up, skips[i + 1]]), 0);
    }
    const last = `${prefix}conv_final`;
    const active = relu(building, `${last}.1`, norm(building, `${last}.0`, x));
    return [[last, layers.end(last, convolution(building, `${last}.2`, active), 'Sequential')]];
  },

  tile: octopiTile,

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'SegResNet', UNSAID),
};

/** MONAI's `Convolution` without norm and activation. */
function convolution({ layers }: Building, path: string, x: NodeId, stride = 1): NodeId {
  return layers.end(path, layers.conv(`${path}.conv`, x, { stride }), 'Convolution');
}

/** Group norm unless a norm is stated; of how many groups is said in its options, or beside its name in older calls. */
function norm(building: Building, path: string, x: NodeId): NodeId {
  const { checkpoint, layers } = building;
  const said: Settings = stated(checkpoint, 'norm');
  if (named(said).name !== undefined || layers.isWhole) return normed(building, 'norm', path, x);
  const older =
    stated(checkpoint, 'norm_name').isThere && stated(checkpoint, 'num_groups').number();
  return layers.norm(path, x, 1e-5, older || GROUPS);
}

const relu = (building: Building, path: string, x: NodeId) =>
  activated(building, 'act', path, x, { kind: 'relu' });

function blocks(building: Building, path: string, given: NodeId, from: number): NodeId {
  const { layers, state } = building;
  let x = given;
  for (let i = from; state.hasModule(`${path}.${i}`); i++) {
    const own = `${path}.${i}`;
    let y = x;
    for (const part of [1, 2]) {
      // One module serves as both activations of a block.
      y = relu(building, `${own}.act`, norm(building, `${own}.norm${part}`, y));
      y = convolution(building, `${own}.conv${part}`, y);
    }
    x = layers.end(own, layers.sum(`${own} (sum)`, [y, x]), 'ResBlock');
  }
  return layers.end(path, x, 'Sequential');
}

/** A convolution of one voxel, then twice the size. */
function enlarged(building: Building, path: string, x: NodeId): NodeId {
  const thin = convolution(building, `${path}.0`, x);
  return building.layers.end(path, twice(building, `${path}.1`, thin), 'Sequential');
}

function twice({ layers, state }: Building, path: string, x: NodeId): NodeId {
  if (state.has(`${path}.deconv.weight`))
    return layers.end(path, layers.convTranspose(`${path}.deconv`, x, { stride: 2 }), 'UpSample');
  const factor = layers.spaceOf(x).map(() => 2);
  if (state.hasModule(`${path}.pixelshuffle`))
    return layers.end(path, subpixel(layers, `${path}.pixelshuffle`, x, factor), 'UpSample');
  const up = layers.upsample(`${path}.upsample_non_trainable`, x, factor, 'linear');
  return layers.end(path, up, 'UpSample');
}
