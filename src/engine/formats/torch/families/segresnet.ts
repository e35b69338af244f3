import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import { perAxis } from '../layers.ts';
import { type Building, byNames, type Family, productOf } from './family.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

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

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'SegResNet'),
};

const strideOf = (window: number) => (window > 1 ? 2 : 1);

function blocks(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  let x = given;
  for (let i = 0; i < state.count(path); i++) {
    const block = `${path}.${i}`;
    let y = x;
    for (const part of [1, 2]) {
      y = layers.norm(`${block}.norm${part}`, y, 1e-5, groupsOf(building));
      y = activation(building, `${block}.act${part}`, y);
      y = layers.conv(`${block}.conv${part}`, y);
    }
    x = layers.end(block, layers.sum(`${block} (sum)`, [y, x]), 'SegResBlock');
  }
  return layers.end(path, x, 'Sequential');
}

/** Groups of a group norm, which only the configuration says: `norm: [group, {num_groups: 8}]`. */
function groupsOf({ checkpoint }: Building): number | undefined {
  return checkpoint.config.at('model', 'norm').list()?.[1]?.at('num_groups').number();
}

/** The file's PReLU, else what the configuration says, else MONAI's ReLU. */
function activation({ layers, state, checkpoint }: Building, path: string, x: NodeId): NodeId {
  if (state.has(`${path}.weight`)) return layers.prelu(path, x);
  const act = checkpoint.config.at('model', 'act');
  const options = act.list()?.[1];
  const name = act.text() ?? act.list()?.[0]?.text() ?? 'relu';
  const found = activationOf(name, (key, otherwise) => options?.at(key).number() ?? otherwise);
  if (!found)
    throw layers.refuse(
      `its activation '${name}' is not known`,
      'relu, leakyrelu, prelu, elu, gelu and their like',
    );
  return layers.activation(path, x, found);
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
    throw layers.refuse(
      `${path} shuffles voxels (upsample_mode pixelshuffle)`,
      'deconv, deconvgroup and nontrainable',
    );
  const thin = state.has(`${path}.preconv.weight`) ? layers.conv(`${path}.preconv`, x) : x;
  const up = layers.upsample(
    `${path}.upsample_non_trainable`,
    thin,
    perAxis(stride, stride.length),
    'linear',
  );
  return layers.end(path, up, 'UpSample');
}
