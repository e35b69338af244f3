import type { Checkpoint } from '../checkpoint.ts';
import { byNames, type Family } from './family.ts';
import { STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/**
 * MONAI's ResNet as a classifier, and torchvision's. Stride and max-pooling of its beginning are in no weight: they are the
 * library's defaults, or as said. Only MONAI's shortcuts have biases.
 */
export const resnet: Family = {
  find: byNames('conv1.weight', 'bn1', 'layer1.0.conv1', 'layer4.0.conv1', 'fc.weight'),

  build(building) {
    const { layers, prefix, input, checkpoint } = building;
    const { config } = checkpoint;
    const stride = config.at('conv1_t_stride').number() ?? (isTorchvision(checkpoint) ? 2 : 1);
    let x = stem(building, prefix, input, stride);
    if (config.at('no_max_pool').flag() !== true)
      x = layers.maxPool(`${prefix}maxpool`, x, { window: 3, stride: 2, padding: 1 });
    for (const [i, stride] of STAGE_STRIDES.entries())
      x = stage(building, `${prefix}layer${i + 1}`, x, stride);
    const mean = layers.global(`${prefix}avgpool`, x, 'mean');
    return [[`${prefix}fc`, layers.linear(`${prefix}fc`, mean)]];
  },

  facts(checkpoint) {
    const { config, state } = checkpoint;
    if (isTorchvision(checkpoint)) {
      const colour = state.dims(`${state.prefixOf('conv1.weight')}conv1.weight`)?.[1] === 3;
      return { title: 'ResNet', ...(colour && { normalization: 'imagenet' as const }) };
    }
    return {
      title: 'MONAI ResNet',
      notes: config.at('conv1_t_stride').isThere
        ? []
        : [
            'MONAI’s defaults are taken where weights say nothing (conv1_t_stride 1, max-pooling); a configuration with conv1_t_stride and no_max_pool says otherwise.',
          ],
    };
  },
};

/** A network of images whose shortcuts are convolutions without biases, as torchvision and timm have them. */
function isTorchvision({ state }: Checkpoint): boolean {
  const shortcut = state.prefixOf('layer2.0.downsample.0.weight');
  if (shortcut === undefined || state.has(`${shortcut}layer2.0.downsample.0.bias`)) return false;
  return state.dims(`${shortcut}conv1.weight`)?.length === 4;
}
