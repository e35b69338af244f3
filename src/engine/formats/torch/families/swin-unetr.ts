import type { NodeId } from '../../../graph/types.ts';
import { type Building, byNames, type Family } from './family.ts';
import { stated } from './monai.ts';
import { octopiFacts, octopiTile } from './octopi.ts';
import { windowAttention } from './swin-attention.ts';
import { unetBlock } from './unet-block.ts';

/** Blocks of two voxels, then four times halved. */
const MULTIPLE = 32;
const STAGES = [1, 2, 3, 4];

/**
 * MONAI's SwinUNETR (octopi): a Swin Transformer whose values at five sizes go through residual blocks to a decoder. Heads
 * and windows are seen in the tables of positions.
 */
export const swinUnetr: Family = {
  find: byNames('swinViT.patch_embed.proj.weight', 'encoder1.layer', 'decoder1.conv_block', 'out'),

  build(building) {
    const { layers, prefix, input } = building;
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => MULTIPLE),
    );
    const hidden = transformer(building, `${prefix}swinViT`);
    const residual = (name: string, x: NodeId) => {
      const own = `${prefix}${name}`;
      const out = unetBlock(building, `${own}.layer`, x, { stride: 1, residual: true });
      return layers.end(own, out, 'UnetrBasicBlock');
    };
    const skips = [
      residual('encoder1', input),
      residual('encoder2', hidden[0]),
      residual('encoder3', hidden[1]),
      residual('encoder4', hidden[2]),
      hidden[3],
    ];
    let x = residual('encoder10', hidden[4]);
    for (const level of [5, 4, 3, 2, 1]) {
      const own = `${prefix}decoder${level}`;
      const stride = layers.dims(`${own}.transp_conv.conv.weight`).slice(2);
      const up = layers.convTranspose(`${own}.transp_conv.conv`, x, { stride });
      const joined = layers.concat(`${own} (cat)`, [
        layers.end(`${own}.transp_conv`, up, 'Convolution'),
        skips[level - 1],
      ]);
      const out = unetBlock(building, `${own}.conv_block`, joined, { stride: 1, residual: true });
      x = layers.end(own, out, 'UnetrUpBlock');
    }
    const last = `${prefix}out`;
    const out = layers.end(`${last}.conv`, layers.conv(`${last}.conv.conv`, x), 'Convolution');
    return [[last, layers.end(last, out, 'UnetOutBlock')]];
  },

  tile: octopiTile,

  facts: (checkpoint, channels) => octopiFacts(checkpoint, channels, 'SwinUNETR'),
};

/** Its values at five sizes, each normalised over the channels. */
function transformer(building: Building, path: string): readonly NodeId[] {
  const { checkpoint, layers, state, input } = building;
  const plain = stated(checkpoint, 'normalize').flag() === false;
  const out = (i: number, x: NodeId) =>
    plain ? x : layers.channelNorm(`${path} (value ${i}, normalised)`, x);
  const patches = `${path}.patch_embed`;
  const stride = layers.dims(`${patches}.proj.weight`).slice(2);
  let x = layers.conv(`${patches}.proj`, input, { stride, padding: 0 });
  if (state.hasModule(`${patches}.norm`)) x = layers.channelNorm(`${patches}.norm`, x);
  const values = [out(0, x)];
  for (const i of STAGES) {
    const before = `${path}.layers${i}c.0`;
    if (state.hasModule(before))
      x = unetBlock(building, `${before}.layer`, x, { stride: 1, residual: true });
    const own = `${path}.layers${i}.0`;
    for (let n = 0; n < state.count(`${own}.blocks`); n++)
      x = block(building, `${own}.blocks.${n}`, x, n % 2 === 1);
    x = layers.end(own, merged(building, `${own}.downsample`, x), 'BasicLayer');
    values.push(out(i, x));
  }
  return values;
}

/** Attention and a perceptron, each with its input added. */
function block(building: Building, path: string, x: NodeId, shifted: boolean): NodeId {
  const { layers } = building;
  const seen = windowAttention(
    building,
    `${path}.attn`,
    layers.channelNorm(`${path}.norm1`, x),
    shifted,
  );
  const first = layers.sum(`${path} (sum)`, [x, seen]);
  const wide = layers.linear(`${path}.mlp.linear1`, layers.channelNorm(`${path}.norm2`, first));
  const active = layers.activation(`${path}.mlp.fn`, wide, { kind: 'gelu', form: 'exact' });
  const narrow = layers.end(
    `${path}.mlp`,
    layers.linear(`${path}.mlp.linear2`, active),
    'MLPBlock',
  );
  return layers.end(path, layers.sum(`${path} (sum)`, [first, narrow]), 'SwinTransformerBlock');
}

/**
 * The order in which the merging takes the neighbours, a bit for each axis, the first axis highest: MONAI's own first one
 * and `mergingv2` of volumes, and that of pictures.
 */
const FIRST_ORDER = [0b000, 0b100, 0b010, 0b001, 0b110, 0b101, 0b011, 0b111];
const COUNTED = [0, 1, 2, 3, 4, 5, 6, 7];
const OF_PICTURES = [0b00, 0b10, 0b01, 0b11];

/** Neighbours of two voxels along each axis become channels, of which a linear layer keeps twice as many as before. */
function merged(building: Building, path: string, x: NodeId): NodeId {
  const { checkpoint, layers } = building;
  const shape = layers.shapeOf(x);
  const axes = shape.length - 1;
  const second = stated(checkpoint, 'downsample').text() === 'mergingv2';
  const order = axes === 2 ? OF_PICTURES : second ? COUNTED : FIRST_ORDER;
  const parts = order.map((bits) => {
    const begin = shape.map((_, axis) => (axis < axes ? (bits >> (axes - 1 - axis)) & 1 : 0));
    const size = shape.map((n, axis) => (axis < axes ? n / 2 : n));
    const steps = shape.map((_, axis) => (axis < axes ? 2 : 1));
    return layers.add('slice', { begin, size, steps }, {}, [x], `${path} (every second)`, 'slice');
  });
  const norm = layers.channelNorm(`${path}.norm`, layers.concat(`${path} (cat)`, parts));
  return layers.end(path, layers.linear(`${path}.reduction`, norm), 'PatchMerging');
}
