import type { NodeId } from '../../../graph/types.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { Settings } from '../../settings.ts';
import { type Building, byNames, entryNames, type Family } from './family.ts';
import { type Between, STAGE_STRIDES, stage, stem } from './resnet-blocks.ts';

/** Edge of the boxes that TomoTwin cuts out. */
const EDGE = 37;
const PAIRS = [0, 1, 2, 3, 4];

const NAMES = byNames(
  'conv_layer0.0.weight',
  'conv_layer4.3.weight',
  'headnet.1.weight',
  'headnet.5.weight',
);

/**
 * TomoTwin's SiameseNet: five pairs of convolutions without padding (the input gets 1 voxel in front and 2 behind), a
 * max-pooling after the first pair, and a head whose result is brought to length 1. Both norms of a pair are one.
 */
export const tomotwin: Family = {
  find(checkpoint) {
    const found = NAMES(checkpoint);
    return found && { ...found, space: [EDGE, EDGE, EDGE] };
  },

  build(building) {
    const { layers, prefix, input } = building;
    let x = input;
    for (const i of PAIRS) {
      x = pair(building, `${prefix}conv_layer${i}`, x, i === 0);
      if (i === 0) x = layers.maxPool(`${prefix}max_pooling`, x, { window: 2 });
      x = repeated(building, `${prefix}rep_layers${i}`, x);
    }
    x = pooled(building, `${prefix}adap_max_pool`, x);
    const head = `${prefix}headnet`;
    x = layers.linear(`${head}.1`, layers.flatten(`${prefix}flatten`, x));
    for (const i of [3, 5]) {
      x = layers.activation(`${head}.${i - 1}`, x, LEAKY);
      x = layers.linear(`${head}.${i}`, x);
    }
    layers.end(head, x, 'Sequential');
    return [['embedding', layers.unitLength('embedding', x)]];
  },

  facts: (_, channels) => ({
    title: 'TomoTwin',
    classes: entryNames(channels),
    voxelSize: 10,
    normalization: 'zscore',
    contrast: 'bright',
    notes: ['Its answer is an embedding: explain an entry of it, or its likeness to a reference.'],
  }),
};

const networkConfig = ({ config, settings }: Checkpoint) =>
  [settings.at('tomotwin_config'), config]
    .find((one) => one.has('network_config'))
    ?.at('network_config') ?? new Settings(undefined);

/** TomoTwin's other network: a ResNet with leaky ReLUs and no max-pooling (its switch is never read), to a unit vector. */
export const tomotwinResnet: Family = {
  find: byNames('conv1.weight', 'norm1', 'layer1.0.norm1', 'layer4.0.conv1', 'fc.weight'),

  build(building) {
    const { checkpoint, layers, prefix, input } = building;
    const between: Between = {
      called: 'norm',
      norm: (path, x) => norm(building, path, x),
      activation: (path, x) => layers.activation(path, x, LEAKY),
    };
    const first = networkConfig(checkpoint).at('conv1_t_stride').number() ?? 1;
    let x = stem(building, prefix, input, [first, 2, 2], between);
    for (const [i, stride] of STAGE_STRIDES.entries())
      x = stage(building, `${prefix}layer${i + 1}`, x, stride, between);
    const mean = layers.global(`${prefix}avgpool`, x, 'mean');
    return [['embedding', layers.unitLength('embedding', layers.linear(`${prefix}fc`, mean))]];
  },

  tile: () => [EDGE, EDGE, EDGE],

  facts: tomotwin.facts,
};

const LEAKY = { kind: 'leakyRelu', slope: 0.01 } as const;

function norm({ layers, state, checkpoint }: Building, path: string, x: NodeId): NodeId {
  if (state.has(`${path}.running_var`)) return layers.batchNorm(path, x);
  const config = networkConfig(checkpoint);
  // Of new and of old files, else the published network's.
  const said = config.at('norm_kwargs', 'num_groups').number() ?? config.at('groups').number();
  const groups = said ?? 64;
  return layers.groupNorm(path, x, groups);
}

function pair(building: Building, path: string, given: NodeId, first: boolean): NodeId {
  const { layers } = building;
  let x = given;
  for (const at of [0, 3]) {
    const around =
      first && at === 0
        ? layers.spaceOf(x).map(() => [1, 2] as const)
        : layers.spaceOf(x).map(() => [0, 0] as const);
    x = layers.conv(`${path}.${at}`, x, { pads: around });
    x = norm(building, `${path}.${at + 1}`, x);
    x = layers.activation(`${path}.${at + 2}`, x, LEAKY);
  }
  return layers.end(path, x, 'Sequential');
}

/** Residual blocks behind a pair, in networks with `repeat_layers`. */
function repeated(building: Building, path: string, given: NodeId): NodeId {
  const { layers, state } = building;
  const count = state.count(path);
  let x = given;
  for (let i = 0; i < count; i++) {
    const block = `${path}.${i}`;
    const inner = layers.activation(
      `${block}.relu`,
      norm(building, `${block}.norm`, layers.conv(`${block}.conv1`, x)),
      LEAKY,
    );
    const outer = norm(building, `${block}.norm`, layers.conv(`${block}.conv2`, inner));
    const sum = layers.sum(`${block} (sum)`, [outer, x]);
    x = layers.end(block, layers.activation(`${block}.relu`, sum, LEAKY), 'ResnetBlock');
  }
  return count > 0 ? layers.end(path, x, 'Sequential') : x;
}

/** To two voxels along each axis: the mean, or the generalised mean (GeM). */
function pooled({ layers, checkpoint }: Building, path: string, x: NodeId): NodeId {
  const p = networkConfig(checkpoint).at('gem_pooling_p').number() ?? 0;
  if (p <= 0) return layers.adaptivePool(path, x, 2, 'mean');
  const positive = layers.activation(`${path} (clamp)`, x, {
    kind: 'clip',
    min: 1e-6,
    max: 3.4e38,
  });
  const mean = layers.adaptivePool(
    `${path} (mean)`,
    layers.power(`${path} (power)`, positive, p),
    2,
    'mean',
  );
  return layers.power(path, mean, 1 / p);
}
