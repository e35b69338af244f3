import type { Activation } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { type Building, byNames, type Family } from './family.ts';
import { numbersOf } from './numbered.ts';

/**
 * DeePiCt's 3D U-Net: blocks of two convolutions, each with a ReLU and, in networks with it, a batch norm behind; the tool
 * builds ReLU if its descriptor does not say ELU. Each class has a sigmoid of its own.
 */
export const deepict: Family = {
  find: byNames(
    'encoder.0.0.weight',
    'base.0.weight',
    'upsamplers.0.weight',
    'decoder.0.0.weight',
    'out_conv.weight',
  ),

  build(building) {
    const { layers, state, prefix, input } = building;
    const depth = state.count(`${prefix}upsamplers`);
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => 2 ** depth),
    );
    const skips: NodeId[] = [];
    let x = input;
    for (let i = 0; i < depth; i++) {
      skips.push(block(building, `${prefix}encoder.${i}`, x));
      x = layers.maxPool(`${prefix}poolers.${i}`, skips[i], { window: 2 });
    }
    x = block(building, `${prefix}base`, x);
    for (let i = 0; i < depth; i++) {
      const up = layers.convTranspose(`${prefix}upsamplers.${i}`, x, { stride: 2 });
      const path = `${prefix}decoder.${i}`;
      x = block(building, path, layers.concat(`${path} (cat)`, [skips[depth - 1 - i], up]));
    }
    return [
      [
        `${prefix}out_conv`,
        layers.declareOutput(layers.conv(`${prefix}out_conv`, x), 'independent'),
      ],
    ];
  },

  tile({ settings }) {
    const edge = settings.at('model_descriptor', 'box_size').number();
    return edge === undefined ? undefined : [edge, edge, edge];
  },

  facts({ settings }, channels) {
    const descriptor = settings.at('model_descriptor');
    const classes = descriptor.at('semantic_classes').texts();
    return {
      title: 'DeePiCt',
      ...(classes?.length === channels && { classes }),
      voxelSize: 13.48,
      normalization: 'zscore',
      contrast: 'dark',
      // Its overlap is left out at each face of a box.
      tiling: { overlap: 2 * (descriptor.at('overlap').number() ?? 12), blending: 'crop' },
      notes: [
        'DeePiCt matches the amplitude spectrum of a tomogram to that of its training data where it is set to; that is not done here, so give such a network the filtered tomogram.',
      ],
    };
  },
};

const activationOf = ({ checkpoint: { settings } }: Building): Activation =>
  settings.at('model_descriptor', 'elu').flag() === true
    ? { kind: 'elu', alpha: 1 }
    : { kind: 'relu' };

/** What has running statistics is a norm; the number behind a convolution is its activation. */
function block(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  let x = given;
  for (const n of numbersOf(state, path)) {
    const own = `${path}.${n}`;
    if (state.has(`${own}.running_var`)) x = layers.batchNorm(own, x);
    else x = layers.activation(`${path}.${n + 1}`, layers.conv(own, x), activationOf(building));
  }
  return layers.end(path, x, 'Sequential');
}
