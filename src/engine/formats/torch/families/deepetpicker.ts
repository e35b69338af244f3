import type { Activation } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type Building, byNames, type Family } from './family.ts';

/** Coordinates of the voxels, which CoordConv puts behind the channels. */
const COORDINATES = 3;
/** Of its group norms. */
const GROUPS = 4;

/** First kernels, and the axis of their channels. */
const FIRST = [
  ['encoders.0.basic_module.conv1.conv.weight', 1],
  ['encoders.0.basic_module.conv1.dwconv.weight', 0],
] as const;

/**
 * DeepETPicker's residual U-Net: means of 2^3 voxels on the way down, the shrunk input beside them where the widths say so,
 * coordinates as three more channels, sums on the way up.
 */
export const deepetpicker: Family = {
  find(checkpoint) {
    const { state } = checkpoint;
    for (const [name, axis] of FIRST) {
      const found = byNames(name, 'decoders.0.upsampling.upsample', 'final_conv')(checkpoint);
      if (!found) continue;
      const given = state.dims(found.first)?.[axis] ?? 1;
      return { ...found, channels: given > COORDINATES ? given - COORDINATES : given };
    }
    return undefined;
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
        const wanted = wantedBy(building, `${path}.basic_module`);
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
    return [[last, softmax ? out : layers.declareOutput(out, 'independent')]];
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

/** Channels that a block takes. */
function wantedBy({ layers, state }: Building, path: string): number {
  const light = `${path}.conv1.dwconv.weight`;
  return state.has(light) ? layers.dims(light)[0] : layers.dims(`${path}.conv1.conv.weight`)[1];
}

const ELU = { kind: 'elu', alpha: 1 } as const;

/** Three convolutions, the first one's result added to the last one's; light-weight where `use_lw` made them so. */
function block(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  const light = state.has(`${path}.conv1.dwconv.weight`);
  if (!light && (!state.has(`${path}.conv3.conv.weight`) || state.hasModule(`${path}.conv3.fc1`)))
    throw layers.refuse(
      `${path} is a block of another kind (use_att)`,
      'DeepETPicker’s other blocks',
    );
  const convolution = light ? lightConvolution : plainConvolution;
  const x =
    wantedBy(building, path) === layers.channelsOf(given) + COORDINATES
      ? layers.coordinates(path.replace(/basic_module$/, 'coord_conv'), given)
      : given;
  const first = convolution(building, `${path}.conv1`, x);
  const second = convolution(building, `${path}.conv2`, first);
  const third = convolution(building, `${path}.conv3`, second);
  const sum = layers.sum(`${path} (sum)`, [third, first]);
  return layers.end(path, layers.activation(`${path}.non_linearity`, sum, ELU), 'ExtResNetBlock');
}

function plainConvolution(building: Building, path: string, x: NodeId): NodeId {
  const { layers } = building;
  const args = argsOf(building.checkpoint);
  const act = args.at('act').text() ?? 'relu';
  const groups = args.at('norm').text() === 'gn' ? GROUPS : undefined;
  const y = layers.norm(`${path}.batchnorm`, layers.conv(`${path}.conv`, x), 1e-5, groups);
  const active = layers.activation(`${path}.${act}`, y, activationOfNetwork(building));
  return layers.end(path, active, 'SingleConv');
}

/** As a block of ConvNeXt: each channel by itself, a layer norm, two linear layers, and the input added to it. */
function lightConvolution({ layers, state }: Building, path: string, x: NodeId): NodeId {
  let y = layers.conv(`${path}.dwconv`, x, { groups: layers.channelsOf(x) });
  y = layers.linear(`${path}.pwconv1`, layers.channelNorm(`${path}.norm`, y, 1e-6));
  y = layers.activation(`${path}.act`, y, { kind: 'gelu', form: 'exact' });
  y = layers.linear(`${path}.pwconv2`, y);
  if (state.has(`${path}.gamma`)) y = layers.scaled(`${path} (gamma)`, y, `${path}.gamma`);
  const beside = state.has(`${path}.skip.weight`) ? layers.conv(`${path}.skip`, x) : x;
  return layers.end(path, layers.sum(`${path} (sum)`, [y, beside]), 'SingleConv_lightWeight');
}
