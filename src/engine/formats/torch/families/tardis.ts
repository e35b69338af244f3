import type { Step } from '../../../../core/preprocessing/index.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Activation } from '../../../graph/operators.ts';
import type { Settings } from '../../settings.ts';
import type { Building, Family, Outputs } from './family.ts';

const FIRST = ['DoubleConv1', 'conv1'].flatMap((one) =>
  ['Conv3D', 'Conv2D'].map((conv) => `encoder.0.conv_module.${one}.${conv}.weight`),
);
const DECODERS = ['decoder.0.deconv_module', 'decoder_3plus.0.deconv'];

/**
 * TARDIS' networks: U-Net, residual U-Net (`deconv_res_module`) and FNet, which has the decoder of a U-Net beside that of a
 * U-Net 3+. What a convolution has around it is spelled in `layer_components`, e.g. `3gcl`.
 */
export const tardis: Family = {
  find({ state }) {
    for (const first of FIRST) {
      const prefix = state.prefixOf(first);
      if (prefix !== undefined && DECODERS.some((one) => state.hasModule(prefix + one)))
        return { prefix, first: prefix + first };
    }
    return undefined;
  },

  build(building) {
    const { layers, state, prefix, input } = building;
    const levels = state.count(`${prefix}encoder`);
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => 2 ** (levels - 1)),
    );
    const structure = structureOf(building);
    const window = structure.at('maxpool_kernel').number() ?? 2;
    const skips: NodeId[] = [];
    let x = input;
    for (let i = 0; i < levels; i++) {
      const path = `${prefix}encoder.${i}`;
      if (i > 0) x = layers.maxPool(`${path}.maxpool`, x, { window });
      x = encoder(building, structure, path, x);
      skips.unshift(x);
    }
    const [deepest, ...others] = skips;
    const decoded = { building, structure, deepest, skips: others };
    return state.hasModule(`${prefix}decoder_3plus`) ? both(decoded) : single(decoded);
  },

  tile: () => [128, 128, 128],

  facts: () => ({
    title: 'TARDIS',
    normalization: 'preprocessing',
    steps: STEPS,
    contrast: 'dark',
    tiling: { overlap: 0.125, blending: 'average' },
    notes: [
      'TARDIS resamples tomograms to 25 Å for microtubules and to 15 Å for membranes and actin, which the file does not say.',
    ],
  }),
};

/** `MeanStdNormalize`, then `RescaleNormalize`: percentiles 1 and 99 to -1 and 1, what lies beyond cut off. */
const STEPS: readonly Step[] = [
  { id: 'zero_mean_unit_variance', eps: 1e-6, apart: false },
  { id: 'scale_range', low: 1, high: 99, eps: 1e-6, apart: false },
  { id: 'clip', min: 0, max: 1 },
  { id: 'scale_linear', gain: [2], offset: [-1] },
];

interface Encoded {
  readonly building: Building;
  readonly structure: Settings;
  readonly deepest: NodeId;
  /** From the deepest up. */
  readonly skips: readonly NodeId[];
}

function structureOf({ checkpoint, layers }: Building): Settings {
  const { config, settings } = checkpoint;
  const found = [settings.at('model_struct_dict'), config.at('model_struct_dict'), config].find(
    (one) => one.at('layer_components').text() !== undefined,
  );
  if (found) return found;
  throw layers.refuse(
    'its weights do not say which activations lie between the convolutions of this TARDIS network',
    'the checkpoint with its model_struct_dict, or a configuration with layer_components, e.g. 3gcl, and num_group',
  );
}

const groupsOf = (structure: Settings) => structure.at('num_group').number() ?? 8;

function encoder(building: Building, structure: Settings, path: string, x: NodeId): NodeId {
  const { layers, state } = building;
  const own = convolutions(building, structure, `${path}.conv_module`, x);
  if (!state.hasModule(`${path}.attn_conv`)) return layers.end(path, own, 'EncoderBlock');
  const joined = layers.concat(`${path} (cat)`, [x, own]);
  const groups = layers.channelsOf(joined) % groupsOf(structure) === 0 ? undefined : 1;
  const attended = convolutions(building, structure, `${path}.attn_conv`, joined, groups);
  return layers.end(path, attended, 'EncoderBlock');
}

function single({ building, structure, deepest, skips }: Encoded): Outputs {
  const { layers, prefix } = building;
  let x = deepest;
  for (const [i, skip] of skips.entries())
    x = decoder(building, structure, `${prefix}decoder.${i}`, x, skip);
  const last = `${prefix}final_conv_layer`;
  return [[last, layers.conv(last, x)]];
}

function both({ building, structure, deepest, skips }: Encoded): Outputs {
  const { layers, prefix } = building;
  let x = deepest;
  let plus = deepest;
  for (const [i, skip] of skips.entries()) {
    x = decoder(building, structure, `${prefix}decoder_unet.${i}`, x, skip);
    plus = decoderPlus(building, structure, `${prefix}decoder_3plus.${i}`, plus, skips.slice(i));
  }
  const last = `${prefix}final_conv_layer`;
  const joined = layers.concat(`${last} (cat)`, [
    layers.conv(`${prefix}unet_conv_layer`, x),
    layers.conv(`${prefix}unet3plus_conv_layer`, plus),
  ]);
  return [[last, layers.conv(last, joined)]];
}

/** As large as the encoder's value and added to it; in a residual U-Net with a residual block behind. */
function decoder(
  building: Building,
  structure: Settings,
  path: string,
  x: NodeId,
  skip: NodeId,
): NodeId {
  const { layers, state } = building;
  const up = layers.resize(`${path}.upscale`, x, layers.spaceOf(skip), 'linear');
  const own = convolutions(building, structure, `${path}.deconv_module`, up);
  const sum = layers.sum(`${path} (sum)`, [skip, own]);
  const behind = `${path}.deconv_res_module`;
  const out = state.hasModule(behind) ? convolutions(building, structure, behind, sum) : sum;
  return layers.end(path, out, 'DecoderBlock');
}

/** U-Net 3+: every encoder's value of this size or larger, pooled to it. */
function decoderPlus(
  building: Building,
  structure: Settings,
  path: string,
  x: NodeId,
  skips: readonly NodeId[],
): NodeId {
  const { layers, prefix, state } = building;
  const up = layers.resize(`${path}.upscale`, x, layers.spaceOf(skips[0]), 'linear');
  let y = convolutions(building, structure, `${path}.deconv`, up);
  for (const [i, skip] of skips.entries()) {
    const own = `${path}.encoder_max_pool.${i}`;
    const small = i === 0 ? skip : layers.maxPool(own, skip, { window: 2 ** i });
    const part = convolutions(building, structure, `${path}.encoder_feature_conv.${i}`, small);
    y = layers.sum(`${path} (sum ${i})`, [y, part]);
  }
  // Weights of an attention are there in any case; it is on where the encoders have it.
  if (state.hasModule(`${prefix}encoder.0.attn_conv`)) {
    const joined = layers.concat(`${path} (cat)`, [y, up]);
    y = convolutions(building, structure, `${path}.attn_conv`, joined);
  }
  return layers.end(path, y, 'DecoderBlockUnet3Plus');
}

/** Two convolutions; of a residual U-Net with their sum and an activation behind. */
function convolutions(
  building: Building,
  structure: Settings,
  path: string,
  given: NodeId,
  groups = groupsOf(structure),
): NodeId {
  const { layers, state } = building;
  const letters = structure.at('layer_components').text() ?? '';
  const recurrent = state.hasModule(`${path}.conv1`);
  let x = given;
  for (const part of recurrent ? ['conv1', 'conv2'] : ['DoubleConv1', 'DoubleConv2'])
    x = convolution(building, { letters, groups }, `${path}.${part}`, x);
  if (!recurrent) return layers.end(path, x, 'DoubleConvolution');
  // The third convolution is one of no axes, so it is left out by the tool, and the sum is twice the same.
  const sum = layers.sum(`${path} (sum)`, [x, x]);
  const kind = ['l', 'r', 'p'].find((letter) => letters.includes(letter)) ?? 'r';
  const out = layers.activation(
    `${path}.non_linearity`,
    sum,
    (ACTIVATIONS[kind] ?? ACTIVATIONS.r)[1],
  );
  return layers.end(path, out, 'RecurrentDoubleConvolution');
}

/** Letters of `layer_components` that are activations, with the names of their modules. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, Activation]>> = {
  r: ['ReLu', { kind: 'relu' }],
  l: ['LeakyReLu', { kind: 'leakyRelu', slope: 0.1 }],
  e: ['GeLU', { kind: 'gelu', form: 'exact' }],
};

interface Around {
  readonly letters: string;
  readonly groups: number;
}

function convolution(
  building: Building,
  { letters, groups }: Around,
  path: string,
  given: NodeId,
): NodeId {
  const { layers, state } = building;
  const conv = state.hasModule(`${path}.Conv3D`) ? `${path}.Conv3D` : `${path}.Conv2D`;
  const cut = groups > layers.channelsOf(given) ? 1 : groups;
  let done = false;
  let x = given;
  for (const letter of letters) {
    // Norms are counted by their side of the convolution.
    const n = done ? 1 : 2;
    if (letter === 'c') x = layers.conv(conv, x);
    done ||= letter === 'c';
    if (letter === 'g') x = layers.groupNorm(`${path}.GroupNorm${n}`, x, cut);
    if (letter === 'b') x = layers.batchNorm(`${path}.BatchNorm${n}`, x);
    if (letter === 'p') x = layers.prelu(`${path}.PReLU`, x);
    const found = Object.hasOwn(ACTIVATIONS, letter) ? ACTIVATIONS[letter] : undefined;
    if (found) x = layers.activation(`${path}.${found[0]}`, x, found[1]);
  }
  return layers.end(path, x, 'SingleConvolution');
}
