import { byNames, type Family } from './family.ts';
import { STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/** MONAI's ResNet as a classifier. Stride and max-pooling of its beginning are in no weight: MONAI's defaults, or as said. */
export const resnet: Family = {
  find: byNames('conv1.weight', 'bn1', 'layer1.0.conv1', 'layer4.0.conv1', 'fc.weight'),

  build(building) {
    const { layers, prefix, input, checkpoint } = building;
    const { config } = checkpoint;
    let x = stem(building, prefix, input, config.at('conv1_t_stride').number() ?? 1);
    if (config.at('no_max_pool').flag() !== true)
      x = layers.maxPool(`${prefix}maxpool`, x, { window: 3, stride: 2, padding: 1 });
    for (const [i, stride] of STAGE_STRIDES.entries())
      x = stage(building, `${prefix}layer${i + 1}`, x, stride);
    const mean = layers.global(`${prefix}avgpool`, x, 'mean');
    return [[`${prefix}fc`, layers.linear(`${prefix}fc`, mean)]];
  },

  facts: ({ config }) => ({
    title: 'MONAI ResNet',
    notes: config.at('conv1_t_stride').isThere
      ? []
      : [
          'MONAI’s defaults are taken where weights say nothing (conv1_t_stride 1, max-pooling); a configuration with conv1_t_stride and no_max_pool says otherwise.',
        ],
  }),
};
