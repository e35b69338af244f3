import type { NodeId } from '../../../graph/types.ts';
import { perAxis } from '../layers/options.ts';
import { type Building, byNames, type Family, productOf } from './family.ts';
import { activated, normed, subpixel } from './monai.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

/** See `assumed`. */
const UNSAID = {
  what: 'norms without statistics are instance norms and activations without weights ReLUs',
  names: 'norm, act',
};

/**
 * MONAI's SegResNetDS: residual blocks with the norm in front, skips that are added. The head of the last level is the
 * output; those before serve the training. A window of one voxel along an axis is not strided along it.
 */
export const segResNet: Family = {
  find: byNames('encoder.conv_init.weight', 'encoder.layers.0.blocks', 'up_layers.0.upsample'),

  build(building) {
    const { layers, state, prefix, input } = building;
    const levels = state.count(`${prefix}encoder.layers`);
    const encoder = `${prefix}encoder`;
    const axes = layers.spaceOf(input).length;
    const downs = Array.from({ length: levels - 1 }, (_, i) => `${encoder}.layers.${i}.downsample`);
    const strides = downs.map((path) => layers.dims(`${path}.weight`).slice(2).map(strideOf));
    layers.requireMultiples(input, productOf(strides, axes));
    let x = layers.conv(`${encoder}.conv_init`, input);
    const skips: NodeId[] = [];
    for (let i = 0; i < levels; i++) {
      x = blocks(building, `${encoder}.layers.${i}.blocks`, x);
      if (i === levels - 1) break;
      skips.push(x);
      x = layers.conv(downs[i], x, { stride: strides[i] });
    }
    const heads: [string, NodeId][] = [];
    for (let i = 0; i < levels - 1; i++) {
      const path = `${prefix}up_layers.${i}`;
      const up = upsample(building, `${path}.upsample`, x, strides[levels - 2 - i]);
      x = layers.sum(`${path} (sum)`, [up, skips[levels - 2 - i]]);
      x = blocks(building, `${path}.blocks`, x);
      if (state.has(`${path}.head.weight`))
        heads.unshift([`${path}.head`, layers.conv(`${path}.head`, x)]);
    }
    return heads;
  },

  tile: octopiTile,

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'SegResNet', UNSAID),
};

const strideOf = (window: number) => (window > 1 ? 2 : 1);

function blocks(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  let x = given;
  for (let i = 0; i < state.count(path); i++) {
    const block = `${path}.${i}`;
    let y = x;
    for (const part of [1, 2]) {
      y = normed(building, 'norm', `${block}.norm${part}`, y);
      y = activated(building, 'act', `${block}.act${part}`, y, { kind: 'relu' });
      y = layers.conv(`${block}.conv${part}`, y);
    }
    x = layers.end(block, layers.sum(`${block} (sum)`, [y, x]), 'SegResBlock');
  }
  return layers.end(path, x, 'Sequential');
}

function upsample(
  { layers, state }: Building,
  path: string,
  x: NodeId,
  stride: readonly number[],
): NodeId {
  for (const kind of ['deconv', 'deconvgroup']) {
    const weight = state.dims(`${path}.${kind}.weight`);
    if (!weight) continue;
    const window = weight.slice(2);
    const padding = window.map((k) => Math.floor((k - 1) / 2));
    const outputPadding = window.map((k, axis) => stride[axis] - 1 - ((k - 1) % 2));
    // A level has half the channels of the one below it.
    const groups = kind === 'deconv' ? 1 : layers.channelsOf(x) / 2;
    const options = { stride, padding, outputPadding, groups };
    return layers.end(path, layers.convTranspose(`${path}.${kind}`, x, options), 'UpSample');
  }
  if (state.hasModule(`${path}.pixelshuffle`))
    return layers.end(path, subpixel(layers, `${path}.pixelshuffle`, x, stride), 'UpSample');
  const thin = state.has(`${path}.preconv.weight`) ? layers.conv(`${path}.preconv`, x) : x;
  const up = layers.upsample(
    `${path}.upsample_non_trainable`,
    thin,
    perAxis(stride, stride.length),
    'linear',
  );
  return layers.end(path, up, 'UpSample');
}
