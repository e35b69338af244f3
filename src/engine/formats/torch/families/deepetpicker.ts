import type { Activation } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type Building, byNames, type Family } from './family.ts';

/** Coordinates of the voxels, which CoordConv puts behind the channels. */
const COORDINATES = 3;
/** Of its group norms. */
const GROUPS = 4;

/**
 * DeepETPicker's residual U-Net: means of 2^3 voxels on the way down, the shrunk input beside them where the widths say so,
 * coordinates as three more channels, sums on the way up.
 */
export const deepetpicker: Family = {
  find(checkpoint) {
    const { state } = checkpoint;
    const found = byNames(
      'encoders.0.basic_module.conv1.conv.weight',
      'decoders.0.upsampling.upsample',
      'final_conv',
    )(checkpoint);
    if (!found) return undefined;
    const given = state.dims(found.first)?.[1] ?? 1;
    return { ...found, channels: given > COORDINATES ? given - COORDINATES : given };
  },

  build(building) {
    const { layers, state, prefix, input } = building;
    const levels = state.count(`${prefix}encoders`);
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => 2 ** (levels - 1)),
    );
    const skips: NodeId[] = [];
    let x = input;
    let small = input;
    for (let i = 0; i < levels; i++) {
      const path = `${prefix}encoders.${i}`;
      if (i > 0) {
        x = layers.averagePool(`${path}.pooling`, x, { window: 2 });
        const wanted = layers.dims(`${path}.basic_module.conv1.conv.weight`)[1];
        const missing = wanted - layers.channelsOf(x);
        if (missing !== 0 && missing !== COORDINATES) {
          small = layers.averagePool(`${prefix}pools.${i - 1}`, small, { window: 2 });
          x = layers.concat(`${path} (cat)`, [x, small]);
        }
      }
      x = layers.end(path, block(building, `${path}.basic_module`, x), 'Encoder');
      skips.push(x);
    }
    for (let i = 0; i < levels - 1; i++) {
      const path = `${prefix}decoders.${i}`;
      const up = layers.convTranspose(`${path}.upsampling.upsample`, x, {
        stride: 2,
        padding: 1,
        outputPadding: 1,
      });
      const joined = layers.sum(`${path} (sum)`, [
        skips[levels - 2 - i],
        layers.end(`${path}.upsampling`, up, 'Upsampling'),
      ]);
      x = layers.end(path, block(building, `${path}.basic_module`, joined), 'Decoder');
    }
    const last = `${prefix}final_conv`;
    const out = state.hasModule(`${last}.0`)
      ? layers.end(last, layers.conv(`${last}.1`, layers.conv(`${last}.0`, x)), 'Sequential')
      : layers.conv(last, x);
    const softmax = argsOf(building.checkpoint).at('use_softmax').flag() === true;
    return [[last, softmax ? out : layers.independent(out)]];
  },

  tile: () => [72, 72, 72],

  facts: (checkpoint) => ({
    title: 'DeepETPicker',
    normalization: 'zscore',
    tiling: { overlap: 24, blending: 'crop' },
    notes: [
      ...(argsOf(checkpoint).at('act').isThere
        ? []
        : ['Its activation is not named in the file; the tool’s default, ReLU, is taken.']),
      ...(argsOf(checkpoint).at('use_softmax').flag() === true
        ? []
        : ['Each class has a sigmoid of its own.']),
    ],
  }),
};

const argsOf = ({ settings }: Checkpoint) => settings.at('hyper_parameters', 'args');

function activationOfNetwork({ checkpoint }: Building): Activation {
  const name = argsOf(checkpoint).at('act').text() ?? 'relu';
  if (name === 'lrelu') return { kind: 'leakyRelu', slope: 0.1 };
  return activationOf(name, (_, otherwise) => otherwise) ?? { kind: 'relu' };
}

function block(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  if (!state.has(`${path}.conv3.conv.weight`) || state.hasModule(`${path}.conv3.fc1`))
    throw layers.refuse(
      `${path} is a block of another kind (use_att or use_lw)`,
      'DeepETPicker networks without them',
    );
  const wanted = layers.dims(`${path}.conv1.conv.weight`)[1];
  const x =
    wanted === layers.channelsOf(given) + COORDINATES
      ? layers.coordinates(`${path} (coordinates)`, given)
      : given;
  const args = argsOf(building.checkpoint);
  const act = args.at('act').text() ?? 'relu';
  const groups = args.at('norm').text() === 'gn' ? GROUPS : undefined;
  const convolution = (name: string, from: NodeId) => {
    const own = `${path}.${name}`;
    const y = layers.norm(`${own}.batchnorm`, layers.conv(`${own}.conv`, from), 1e-5, groups);
    const active = layers.activation(`${own}.${act}`, y, activationOfNetwork(building));
    return layers.end(own, active, 'SingleConv');
  };
  const first = convolution('conv1', x);
  const sum = layers.sum(`${path} (sum)`, [
    convolution('conv3', convolution('conv2', first)),
    first,
  ]);
  const out = layers.activation(`${path}.non_linearity`, sum, { kind: 'elu', alpha: 1 });
  return layers.end(path, out, 'ExtResNetBlock');
}
