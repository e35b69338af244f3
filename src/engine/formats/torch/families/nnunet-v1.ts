import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { perAxis } from '../layers/options.ts';
import { type Building, byNames, type Family, productOf } from './family.ts';

/**
 * nnU-Net before version 2 (Generic_UNet, `model_final_checkpoint.model`): stacked convolutions with instance norms and leaky
 * ReLUs of 0.01, the first of a level strided by the window of the transposed convolution that undoes it.
 */
export const nnUnetV1: Family = {
  find: byNames(
    'conv_blocks_context.0.blocks.0.conv.weight',
    'conv_blocks_localization.0',
    'tu.0.weight',
    'seg_outputs.0.weight',
  ),

  build(building) {
    const { layers, prefix, state, input } = building;
    const axes = layers.spaceOf(input).length;
    const ups = state.count(`${prefix}tu`);
    const strides = Array.from({ length: ups }, (_, i) =>
      layers.dims(`${prefix}tu.${i}.weight`).slice(2),
    );
    layers.requireMultiples(input, productOf(strides, axes));
    const ones = perAxis(1, axes);
    const skips: NodeId[] = [];
    let x = input;
    for (let i = 0; i <= ups; i++) {
      const stride = i === 0 ? ones : strides[ups - i];
      x = stacked(building, `${prefix}conv_blocks_context.${i}`, x, stride);
      skips.push(x);
    }
    const heads: [string, NodeId][] = [];
    for (let i = 0; i < ups; i++) {
      const path = `${prefix}conv_blocks_localization.${i}`;
      const up = layers.convTranspose(`${prefix}tu.${i}`, x, { stride: strides[i] });
      const joined = layers.concat(`${path} (cat)`, [up, skips[ups - 1 - i]]);
      x = stacked(building, path, joined, ones);
      const head = `${prefix}seg_outputs.${i}`;
      if (state.hasModule(head)) heads.unshift([head, layers.conv(head, x)]);
    }
    return heads;
  },

  facts: () => ({
    title: 'nnU-Net 1',
    normalization: 'zscore',
    tiling: { overlap: 0.5, blending: 'gaussian', even: true },
    notes: [
      'Its plans lie in another file, so classes, voxel size and normalisation are not known.',
    ],
  }),
};

/** One list of blocks, or two one behind the other: at the bottom and on the way up. */
function stacked(building: Building, path: string, given: NodeId, stride: Sizes): NodeId {
  const { layers, state } = building;
  const parts = state.hasModule(`${path}.blocks`)
    ? [path]
    : Array.from({ length: state.count(path) }, (_, i) => `${path}.${i}`);
  let x = given;
  let by = stride;
  for (const part of parts) {
    for (let i = 0; i < state.count(`${part}.blocks`); i++) {
      const own = `${part}.blocks.${i}`;
      const y = layers.norm(`${own}.instnorm`, layers.conv(`${own}.conv`, x, { stride: by }));
      const active = layers.activation(`${own}.lrelu`, y, { kind: 'leakyRelu', slope: 0.01 });
      x = layers.end(own, active, 'ConvDropoutNormNonlin');
      by = perAxis(1, stride.length);
    }
    x = layers.end(part, layers.end(`${part}.blocks`, x, 'Sequential'), 'StackedConvLayers');
  }
  return layers.end(path, x, 'Sequential');
}
