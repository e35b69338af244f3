import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { perAxis } from '../layers/options.ts';
import { type Building, byNames, type Facts, type Family, productOf } from './family.ts';
import { assumed, stated } from './monai.ts';
import { unetBlock } from './unet-block.ts';
import { octopiFacts, octopiTile } from './octopi.ts';

/**
 * MONAI's DynUNet (octopi, MemBrain-seg): widths, residual blocks and heads are seen in the shapes, the stride of a level is
 * the window of the transposed convolution that undoes it. Copies of all weights lie under `skip_layers`.
 */
export const dynUnet: Family = {
  find: byNames(
    'input_block.conv1.conv.weight',
    'bottleneck',
    'upsamples.0.transp_conv',
    'output_block',
  ),

  build(building) {
    const { layers, state, prefix, input } = building;
    const ups = state.count(`${prefix}upsamples`);
    const axes = layers.spaceOf(input).length;
    /** From the bottom up. */
    const strides: readonly Sizes[] = Array.from({ length: ups }, (_, i) =>
      layers.dims(`${prefix}upsamples.${i}.transp_conv.conv.weight`).slice(2),
    );
    const own = layers.said(`${prefix}input_block.conv1.conv`).at('stride');
    const said = own.isThere ? own : stated(building.checkpoint, 'strides').list()?.[0];
    const first = perAxis(said?.numbers() ?? said?.number() ?? 1, axes);
    layers.requireMultiples(input, productOf([first, ...strides], axes));
    const skips = [blockOf(building, `${prefix}input_block`, input, first)];
    for (let i = 0; i < ups - 1; i++)
      skips.push(blockOf(building, `${prefix}downsamples.${i}`, skips[i], strides[ups - 1 - i]));
    let x = blockOf(building, `${prefix}bottleneck`, skips[ups - 1], strides[0]);
    const heads: [string, NodeId][] = [];
    for (let i = 0; i < ups; i++) {
      const path = `${prefix}upsamples.${i}`;
      const up = layers.convTranspose(`${path}.transp_conv.conv`, x, { stride: strides[i] });
      const joined = layers.concat(`${path} (cat)`, [
        layers.end(`${path}.transp_conv`, up, 'Convolution'),
        skips[ups - 1 - i],
      ]);
      x = layers.end(path, blockOf(building, `${path}.conv_block`, joined, 1), 'UnetUpBlock');
      const head = `${prefix}deep_supervision_heads.${ups - 2 - i}`;
      if (state.hasModule(head)) heads.unshift(outBlock(building, head, x));
    }
    return [outBlock(building, `${prefix}output_block`, x), ...heads];
  },

  tile: (checkpoint) => (isMembrain(checkpoint) ? [160, 160, 160] : octopiTile(checkpoint)),

  facts: (checkpoint, channels) =>
    checkpoint.config.at('model', 'architecture').isThere
      ? octopiFacts(checkpoint, channels, 'DynUNet')
      : otherFacts(checkpoint, channels),
};

/** MemBrain-seg writes no configuration: it is recognised by Lightning's keys and the name of its attribute. */
const isMembrain = ({ state, settings }: Checkpoint) =>
  settings.at('pytorch-lightning_version').isThere &&
  state.prefixOf('input_block.conv1.conv.weight') === '_model.';

function otherFacts(checkpoint: Checkpoint, channels: number): Facts {
  if (channels !== 1 || !isMembrain(checkpoint)) {
    const what = 'its first level is read as not strided, with instance norms and leaky ReLUs';
    const names = 'e.g. {"strides": [2, 2, 2]}; norm_name, act_name';
    const notes = assumed(checkpoint, what, names);
    return { title: 'MONAI DynUNet', normalization: 'zscore', notes };
  }
  return {
    title: 'MemBrain-seg',
    classes: ['membrane'],
    voxelSize: 10,
    normalization: 'zscore',
    contrast: 'dark',
    tiling: { overlap: 0.5, blending: 'gaussian', mirror: [0, 1, 2] },
  };
}

function outBlock({ layers }: Building, path: string, x: NodeId): [string, NodeId] {
  const out = layers.end(`${path}.conv`, layers.conv(`${path}.conv.conv`, x), 'Convolution');
  return [path, layers.end(path, out, 'UnetOutBlock')];
}

const blockOf = (building: Building, path: string, x: NodeId, stride: number | Sizes) =>
  unetBlock(building, path, x, { stride, residual: hasShortcuts(building, path) });

/** Blocks on the way up never have them. */
function hasShortcuts({ state, prefix }: Building, path: string): boolean {
  if (path.endsWith('.conv_block')) return false;
  return ['input_block', 'downsamples.0', 'bottleneck'].some((one) =>
    state.hasModule(`${prefix}${one}.conv3`),
  );
}
