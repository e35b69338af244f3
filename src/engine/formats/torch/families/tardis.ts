import type { NodeId } from '../../../graph/types.ts';
import type { Activation } from '../../../graph/operators.ts';
import type { Settings } from '../../settings.ts';
import type { Building, Family } from './family.ts';

const DOUBLE = 'encoder.0.conv_module.DoubleConv1';

/** TARDIS' U-Net: what a convolution has around it is spelled in `layer_components`, e.g. `3gcl`. */
export const tardis: Family = {
  find({ state }) {
    for (const conv of ['Conv3D', 'Conv2D']) {
      const first = `${DOUBLE}.${conv}.weight`;
      const prefix = state.prefixOf(first);
      if (prefix === undefined) continue;
      const plain = state.hasModule(`${prefix}decoder.0.deconv_module.DoubleConv1`);
      const attention = state.hasModule(`${prefix}encoder.0.attn_conv`);
      if (plain && !attention) return { prefix, first: prefix + first };
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
      x = layers.end(path, double(building, structure, `${path}.conv_module`, x), 'EncoderBlock');
      skips.push(x);
    }
    for (let i = 0; i < levels - 1; i++) {
      const path = `${prefix}decoder.${i}`;
      const skip = skips[levels - 2 - i];
      const up = layers.resize(`${path}.upscale`, x, layers.spaceOf(skip), 'linear');
      const own = double(building, structure, `${path}.deconv_module`, up);
      x = layers.end(path, layers.sum(`${path} (sum)`, [skip, own]), 'DecoderBlockCNN');
    }
    const last = `${prefix}final_conv_layer`;
    return [[last, layers.conv(last, x)]];
  },

  tile: () => [128, 128, 128],

  facts: () => ({
    title: 'TARDIS',
    normalization: 'zscore',
    contrast: 'dark',
    tiling: { overlap: 0.125, blending: 'average' },
  }),
};

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

function double(building: Building, structure: Settings, path: string, given: NodeId): NodeId {
  const { layers } = building;
  let x = given;
  for (const part of ['DoubleConv1', 'DoubleConv2'])
    x = single(building, structure, `${path}.${part}`, x);
  return layers.end(path, x, 'DoubleConvolution');
}

/** Letters of `layer_components` that are activations, with the names of their modules. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, Activation]>> = {
  r: ['ReLu', { kind: 'relu' }],
  l: ['LeakyReLu', { kind: 'leakyRelu', slope: 0.1 }],
  e: ['GeLU', { kind: 'gelu', form: 'exact' }],
};

function single(building: Building, structure: Settings, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  const conv = state.hasModule(`${path}.Conv3D`) ? `${path}.Conv3D` : `${path}.Conv2D`;
  const inputs = layers.channelsOf(given);
  const asked = structure.at('num_group').number() ?? 8;
  const groups = asked > inputs ? 1 : asked;
  let done = false;
  let x = given;
  for (const letter of structure.at('layer_components').text() ?? '') {
    // Norms are counted by their side of the convolution.
    const n = done ? 1 : 2;
    if (letter === 'c') x = layers.conv(conv, x);
    done ||= letter === 'c';
    if (letter === 'g') x = layers.groupNorm(`${path}.GroupNorm${n}`, x, groups);
    if (letter === 'b') x = layers.batchNorm(`${path}.BatchNorm${n}`, x);
    if (letter === 'p') x = layers.prelu(`${path}.PReLU`, x);
    const found = Object.hasOwn(ACTIVATIONS, letter) ? ACTIVATIONS[letter] : undefined;
    if (found) x = layers.activation(`${path}.${found[0]}`, x, found[1]);
  }
  return layers.end(path, x, 'SingleConvolution');
}
