import type { Checkpoint } from '../checkpoint.ts';
import { Settings } from '../../settings.ts';
import { byNames, type Family } from './family.ts';
import { stated } from './monai.ts';
import { STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/**
 * MONAI's ResNet as a classifier, and torchvision's. Stride and max-pooling of its beginning are in no weight: they are the
 * library's defaults, or as said. Only MONAI's shortcuts have biases.
 */
export const resnet: Family = {
  find(checkpoint) {
    const found = byNames('conv1.weight', 'bn1', 'layer1.0.conv1', 'layer4.0.conv1')(checkpoint);
    if (!found) return undefined;
    const { state } = checkpoint;
    // Without a classifier it must be nothing but a ResNet, not the encoder of another network.
    const own = /^(conv1|bn1|layer[1-4])\./;
    const alone = state.names.every(
      (name) => name.startsWith(found.prefix) && own.test(name.slice(found.prefix.length)),
    );
    return alone || state.has(`${found.prefix}fc.weight`) ? found : undefined;
  },

  build(building) {
    const { layers, prefix, input, checkpoint, state } = building;
    const own = layers.said(`${prefix}conv1`).at('stride');
    const said = own.isThere ? own : stated(checkpoint, 'conv1_t_stride');
    const otherwise = isTorchvision(checkpoint) ? 2 : 1;
    let x = stem(building, prefix, input, said.number() ?? said.numbers() ?? otherwise);
    const whole = checkpoint.module && new Settings(checkpoint.module);
    const bare = whole?.at('no_max_pool').flag() ?? stated(checkpoint, 'no_max_pool').flag();
    if (bare !== true)
      x = layers.maxPool(`${prefix}maxpool`, x, { window: 3, stride: 2, padding: 1 });
    for (const [i, stride] of STAGE_STRIDES.entries())
      x = stage(building, `${prefix}layer${i + 1}`, x, stride);
    const mean = layers.global(`${prefix}avgpool`, x, 'mean');
    if (!state.has(`${prefix}fc.weight`)) return [[`${prefix}avgpool`, mean]];
    return [[`${prefix}fc`, layers.linear(`${prefix}fc`, mean)]];
  },

  facts(checkpoint) {
    const { state } = checkpoint;
    if (isTorchvision(checkpoint)) {
      const colour = state.dims(`${state.prefixOf('conv1.weight')}conv1.weight`)?.[1] === 3;
      return { title: 'ResNet', ...(colour && { normalization: 'imagenet' as const }) };
    }
    return {
      title: 'MONAI ResNet',
      notes:
        stated(checkpoint, 'conv1_t_stride').isThere || checkpoint.module
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
