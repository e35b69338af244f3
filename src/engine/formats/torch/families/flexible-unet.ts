import type { NodeId } from '../../../graph/types.ts';
import type { Settings } from '../../settings.ts';
import { type Building, byNames, type Facts, type Family } from './family.ts';
import { activated, named, normed, stated, subpixel } from './monai.ts';
import { fixed, STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/** Blocks of the encoder and of what TopCUP takes from it halve this often. */
const MULTIPLE = 32;

/**
 * MONAI's FlexibleUNet with a ResNet in front. TopCUP's has a head on each level of the decoder, and its last one, at half the
 * input's resolution, is the answer; MONAI's own has one behind the last level.
 */
export const flexibleUnet: Family = {
  find: byNames('encoder.conv1.weight', 'encoder.layer1.0.conv1', 'decoder.blocks.0.convs.conv_0'),

  build(building) {
    const { layers, state, prefix, input } = building;
    layers.requireMultiples(
      input,
      layers.spaceOf(input).map(() => MULTIPLE),
    );
    const features = encode(building, `${prefix}encoder.`);
    const own = `${prefix}segmentation_head`;
    const heads = state.count(`${prefix}segmentation_heads`);
    const blocks = heads > 0 ? heads : state.count(`${prefix}decoder.blocks`);
    let x = features[features.length - 1];
    const outputs: [string, NodeId][] = [];
    for (let i = 0; i < blocks; i++) {
      x = decode(building, `${prefix}decoder.blocks.${i}`, x, features[features.length - 2 - i]);
      const path = heads > 0 ? `${own}s.${i}` : own;
      if (heads > 0 || i === blocks - 1)
        outputs.unshift([path, layers.end(path, layers.conv(`${path}.0`, x), 'SegmentationHead')]);
    }
    return outputs;
  },

  tile: ({ settings }) =>
    settings.at('hyper_parameters', 'backbone_args').isThere ? [96, 96, 96] : undefined,

  facts(checkpoint, channels) {
    const settings = checkpoint.settings.at('hyper_parameters');
    return settings.at('backbone_args').isThere
      ? topcupFacts(settings, channels)
      : { title: 'MONAI FlexibleUNet' };
  },
};

/** Classes by their ids, the background as the last channel. */
function topcupFacts(settings: Settings, channels: number): Facts {
  const ids = settings.at('particle_ids').entries();
  const names = Array.from({ length: channels }, (_, i) =>
    i === channels - 1
      ? 'background'
      : (ids.find(([, id]) => id.number() === i)?.[0] ?? `class ${i}`),
  );
  return {
    title: 'TopCUP',
    classes: names,
    voxelSize: 10.012,
    normalization: 'zscore',
    contrast: 'dark',
    tiling: { overlap: 0.21, blending: 'average' },
    notes: [
      'Its answer has half the resolution of the volume, and its last channel is the background.',
    ],
  };
}

function encode(building: Building, path: string): readonly NodeId[] {
  const { layers, input } = building;
  const between = fixed(building);
  const first = stem(building, path, input, 2, between);
  const features = [first];
  let x = layers.maxPool(`${path}maxpool`, first, { window: 3, stride: 2, padding: 1 });
  for (const [i, stride] of STAGE_STRIDES.entries()) {
    x = stage(building, `${path}layer${i + 1}`, x, stride, between);
    features.push(x);
  }
  return features;
}

/** Twice the size, behind the encoder's features of that size, and two convolutions. */
function decode(building: Building, path: string, x: NodeId, skip: NodeId | undefined): NodeId {
  const { layers } = building;
  const up = enlarged(building, `${path}.upsample`, x);
  let y = skip === undefined ? up : layers.concat(`${path} (cat)`, [skip, up]);
  for (const i of [0, 1]) {
    const conv = `${path}.convs.conv_${i}`;
    y = decoderNorm(building, `${conv}.adn.N`, layers.conv(`${conv}.conv`, y));
    y = activated(building, 'act', `${conv}.adn.A`, y, { kind: 'relu' });
    y = layers.end(conv, layers.end(`${conv}.adn`, y, 'ADN'), 'Convolution');
  }
  return layers.end(path, layers.end(`${path}.convs`, y, 'TwoConv'), 'UpCat');
}

/** MONAI's default has another epsilon than a norm that is named. */
function decoderNorm(building: Building, path: string, x: NodeId): NodeId {
  const isNamed = named(stated(building.checkpoint, 'norm')).name !== undefined;
  return isNamed ? normed(building, 'norm', path, x) : building.layers.norm(path, x, 1e-3);
}

function enlarged({ layers, state, checkpoint }: Building, path: string, x: NodeId): NodeId {
  if (state.has(`${path}.deconv.weight`))
    return layers.end(path, layers.convTranspose(`${path}.deconv`, x, { stride: 2 }), 'UpSample');
  if (state.hasModule(`${path}.pixelshuffle`)) {
    const factor = layers.spaceOf(x).map(() => 2);
    return layers.end(path, subpixel(layers, `${path}.pixelshuffle`, x, factor), 'UpSample');
  }
  const thin = state.has(`${path}.preconv.weight`) ? layers.conv(`${path}.preconv`, x) : x;
  const mode = stated(checkpoint, 'interp_mode').text() ?? 'nearest';
  if (!/^(nearest|(bi|tri)?linear)$/.test(mode))
    throw layers.refuse(`its upsampling is ${mode}`, 'nearest and linear');
  const kind = mode === 'nearest' ? 'nearest' : 'linear';
  const up = layers.upsample(`${path}.upsample_non_trainable`, thin, 2, kind);
  return layers.end(path, up, 'UpSample');
}
