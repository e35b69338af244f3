import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type Building, byNames, entryNames, type Family } from './family.ts';
import { numbered } from './numbered.ts';
import { STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/**
 * CryoSiam: MONAI's ResNet at full resolution; DenseSimSiam has a feature pyramid on it and gives an embedding per voxel,
 * SimSiam one per volume; the heads of a semantic or regression network take the dense embedding.
 */
export const cryosiam: Family = {
  find(checkpoint) {
    const { state } = checkpoint;
    const found = byNames('encoder.conv1.weight', 'encoder.layer4.0.conv1')(checkpoint);
    if (!found) return undefined;
    const own = ['decoder.layer1', 'decoder.p2', 'encoder.fc.0', 'projector.0'];
    return own.some((name) => state.hasModule(found.prefix + name)) ? found : undefined;
  },

  build(building) {
    const { layers, state, prefix } = building;
    const features = encode(building);
    if (!state.hasModule(`${prefix}decoder`)) return vectors(building, features[3]);
    if (state.hasModule(`${prefix}decoder.bifpn`))
      throw layers.refuse('its decoder is a BiFPN', 'CryoSiam networks with decoder_type fpn');
    const dense = numbered(building, `${prefix}projector`, pyramid(building, features));
    const heads = HEADS.flatMap((head) => {
      const at = state.prefixOf(`${head}.0.weight`);
      return at === undefined ? [] : [`${at}${head}`];
    });
    const outputs = heads.map((path) => [path, numbered(building, path, dense)] as const);
    return [...outputs, [`${prefix}projector`, layers.declareOutput(dense, 'embedding')]];
  },

  tile: (checkpoint) => configOf(checkpoint).at('data', 'patch_size').numbers(),

  facts(checkpoint, channels) {
    const known = HEADS.some((head) => checkpoint.state.prefixOf(`${head}.0.weight`) !== undefined);
    const notes = known
      ? []
      : [`Its answer is an embedding of ${channels} numbers: explain an entry, or a likeness.`];
    const classes = known ? {} : { classes: entryNames(channels) };
    const tiling = { overlap: 0.5, blending: 'crop' } as const;
    return { title: 'CryoSiam', normalization: 'none', tiling, ...classes, notes };
  },
};

/** In the order in which an answer is looked for. */
const HEADS = ['semantic_head', 'cnn_head', 'foreground_head', 'distance_head', 'boundary_head'];

const configOf = ({ settings }: Checkpoint) =>
  settings.at('hyper_parameters', 'config', 'parameters');

function encode(building: Building): readonly NodeId[] {
  const { layers, prefix, input, checkpoint } = building;
  const path = `${prefix}encoder.`;
  const backbone = checkpoint.settings.at('hyper_parameters', 'backbone_config', 'parameters');
  const said =
    backbone.at('network', 'no_max_pool').flag() ??
    configOf(checkpoint).at('network', 'no_max_pool').flag();
  let x = stem(building, path, input, 1);
  if (said === false) x = layers.maxPool(`${path}maxpool`, x, { window: 3, stride: 2, padding: 1 });
  const features: NodeId[] = [];
  for (const [i, stride] of STAGE_STRIDES.entries()) {
    x = stage(building, `${path}layer${i + 1}`, x, stride);
    features.push(x);
  }
  return features;
}

/** From the smallest features up: twice the size by interpolation, plus the next ones. */
function pyramid(building: Building, features: readonly NodeId[]): NodeId {
  const { layers, state, prefix } = building;
  const path = `${prefix}decoder`;
  let x = layers.conv(`${path}.layer1`, features[3]);
  for (const level of [2, 3, 4]) {
    const own = layers.conv(`${path}.layer${level}`, features[4 - level]);
    const up = layers.resize(
      `${path}.layer${level} (interpolated)`,
      x,
      layers.spaceOf(own),
      'linear',
    );
    x = layers.sum(`${path}.level${level}`, [up, own]);
  }
  if (state.hasModule(`${path}.later_conv4`)) x = layers.conv(`${path}.later_conv4`, x);
  return layers.end(path, x, 'FPNDecoder');
}

/** SimSiam: the projected embedding, and the predictor's of it. */
function vectors(building: Building, features: NodeId): readonly (readonly [string, NodeId])[] {
  const { layers, state, prefix } = building;
  const mean = layers.global(`${prefix}encoder.avgpool`, features, 'mean');
  const head = `${prefix}encoder.fc`;
  const projected = state.hasModule(`${head}.0`)
    ? numbered(building, head, mean)
    : numbered(building, `${prefix}projector`, mean);
  const outputs: (readonly [string, NodeId])[] = [[layers.nameOf(projected), projected]];
  const predictor = `${prefix}predictor`;
  if (state.hasModule(predictor))
    outputs.push([predictor, numbered(building, predictor, projected)]);
  return outputs;
}
