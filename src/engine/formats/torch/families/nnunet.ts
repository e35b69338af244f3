import type { Activation, Sizes } from '../../../graph/operators.ts';
import type { Step } from '../../../../core/preprocessing/index.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type PerAxis, perAxis } from '../layers/options.ts';
import { labelsByValue, Settings } from '../../settings.ts';
import { type Building, type Facts, type Family, productOf } from './family.ts';

const FIRST = ['encoder.stem.convs.0.conv.weight', 'encoder.stages.0.0.convs.0.conv.weight'];

/**
 * nnU-Net v2, plain and residual encoder. Widths, windows and numbers of convolutions are seen in the shapes, strides in the
 * windows of the transposed convolutions; slope and epsilon come from the plans, which lie in the checkpoint too.
 */
export const nnUnet: Family = {
  find({ state }) {
    for (const first of FIRST) {
      const prefix = state.prefixOf(first);
      if (prefix !== undefined && state.hasModule(`${prefix}decoder.transpconvs.0`))
        return { prefix, first: prefix + first };
    }
    return undefined;
  },

  build(building) {
    const { layers, state, prefix, input } = building;
    const style = styleOf(building);
    const ups = state.count(`${prefix}decoder.stages`);
    const axes = layers.spaceOf(input).length;
    const strides = [
      perAxis(strideOfFirst(building) ?? style.first ?? 1, axes),
      ...Array.from({ length: ups }, (_, i) =>
        layers.dims(`${prefix}decoder.transpconvs.${ups - 1 - i}.weight`).slice(2),
      ),
    ];
    layers.requireMultiples(input, productOf(strides, axes));
    const stem = `${prefix}encoder.stem`;
    let x = state.hasModule(stem) ? stage(building, style, stem, input, perAxis(1, axes)) : input;
    const skips: NodeId[] = [];
    for (const [i, stride] of strides.entries()) {
      x = stage(building, style, `${prefix}encoder.stages.${i}`, x, stride);
      skips.push(x);
    }
    const heads: [string, NodeId][] = [];
    for (let i = 0; i < ups; i++) {
      const path = `${prefix}decoder.stages.${i}`;
      const up = layers.convTranspose(`${prefix}decoder.transpconvs.${i}`, x, {
        stride: strides[ups - i],
      });
      const joined = layers.concat(`${path} (cat)`, [up, skips[ups - 1 - i]]);
      x = stage(building, style, path, joined, perAxis(1, axes));
      const head = `${prefix}decoder.seg_layers.${i}`;
      if (state.hasModule(head)) heads.unshift([head, layers.conv(head, x)]);
    }
    return heads;
  },

  tile: (checkpoint) => configurationOf(checkpoint)('patch_size').numbers(),

  facts: nnunetFacts,
};

interface Style {
  readonly epsilon: number;
  /** A norm without weights lies behind every convolution. */
  readonly bareNorm: boolean;
  readonly activation: Activation;
  /** The activation comes in front of the norm. */
  readonly activationFirst: boolean;
  /** Stride of the first stage, where the plans say it. */
  readonly first: Sizes | undefined;
}

/** Of the first stage, where the network was pickled whole. */
function strideOfFirst({ layers, prefix }: Building): PerAxis | undefined {
  const stage = `${prefix}encoder.stages.0`;
  const first = [
    `${stage}.0.convs.0.conv`,
    `${stage}.convs.0.conv`,
    `${stage}.blocks.0.conv1.conv`,
  ];
  const said = first.map((path) => layers.said(path).at('stride')).find((one) => one.isThere);
  return said?.numbers() ?? said?.number();
}

/** `plans.json` beside it, or the copy in the checkpoint. */
function plansOf({ config, settings }: Checkpoint): Settings {
  return config.at('configurations').isThere ? config : settings.at('init_args', 'plans');
}

/** What is said under a path of keys, there or in what it inherits from. */
type At = (...path: readonly string[]) => Settings;

/** Of the configuration that the checkpoint is of; where it does not say, the first one with patches of as many axes. */
function configurationOf(checkpoint: Checkpoint): At {
  const { settings, state } = checkpoint;
  const all = plansOf(checkpoint).at('configurations');
  const stated = settings.at('init_args', 'configuration').text();
  if (stated !== undefined && all.has(stated)) return inherited(all, stated);
  const first = FIRST.map((name) => state.prefixOf(name)).find((one) => one !== undefined);
  const kernel = FIRST.map((name) => state.dims(`${first}${name}`)).find((one) => one);
  const names = ['3d_fullres', '2d', ...all.entries().map(([name]) => name)];
  const fitting = names.find(
    (name) => inherited(all, name)('patch_size').list()?.length === (kernel?.length ?? 0) - 2,
  );
  return inherited(all, fitting ?? stated ?? '3d_fullres');
}

/** One configuration may inherit from another, a cascade's second from the whole resolution. */
function inherited(all: Settings, name: string): At {
  const chain: Settings[] = [];
  for (let at = name; chain.length < 10; ) {
    const one = all.at(at);
    if (!one.isThere) break;
    chain.push(one);
    at = one.at('inherits_from').text() ?? '';
  }
  return (...path) =>
    chain.map((one) => one.at(...path)).find((one) => one.isThere) ?? new Settings(undefined);
}

function styleOf({ checkpoint, layers }: Building): Style {
  const at = configurationOf(checkpoint);
  const kwargs = at('architecture', 'arch_kwargs');
  const name = kwargs.at('nonlin').text() ?? 'torch.nn.LeakyReLU';
  const activation = activationOf(
    name,
    (key, otherwise) => kwargs.at('nonlin_kwargs', key).number() ?? otherwise,
  );
  if (!activation)
    throw layers.refuse(
      `its plans have the activation ${name}`,
      'LeakyReLU, ReLU, ELU, GELU and their like',
    );
  const norm = kwargs.at('norm_op').text();
  if (norm !== undefined && !/(Instance|Batch)Norm/.test(norm))
    throw layers.refuse(`its plans have the norm ${norm}`, 'InstanceNorm and BatchNorm');
  const strides = kwargs.at('strides').list() ?? at('pool_op_kernel_sizes').list();
  const first = strides?.[0]?.numbers();
  return {
    epsilon: kwargs.at('norm_op_kwargs', 'eps').number() ?? 1e-5,
    bareNorm: norm !== undefined && kwargs.at('norm_op_kwargs', 'affine').flag() === false,
    activation,
    activationFirst: kwargs.at('nonlin_first').flag() === true,
    first,
  };
}

/** Convolutions one behind the other, or residual blocks. */
function stage(building: Building, style: Style, path: string, x: NodeId, stride: Sizes): NodeId {
  const { layers, state } = building;
  const inner = [path, `${path}.0`].find(
    (one) => state.hasModule(`${one}.convs`) || state.hasModule(`${one}.blocks`),
  );
  if (inner === undefined)
    throw layers.refuse(
      `its ${path} has neither convolutions nor blocks`,
      'PlainConvUNet and ResidualEncoderUNet',
    );
  const plain = state.hasModule(`${inner}.convs`);
  const list = plain ? `${inner}.convs` : `${inner}.blocks`;
  let y = x;
  for (let i = 0; i < state.count(list); i++) {
    const by = i === 0 ? stride : stride.map(() => 1);
    y = plain
      ? convolution(building, style, `${list}.${i}`, y, by, true)
      : residual(building, style, `${list}.${i}`, y, by);
  }
  for (const part of [list, inner, path])
    y = layers.end(part, y, plain ? 'StackedConvBlocks' : 'StackedResidualBlocks');
  return y;
}

/** `ConvDropoutNormReLU`. */
function convolution(
  building: Building,
  style: Style,
  path: string,
  x: NodeId,
  stride: Sizes,
  active: boolean,
): NodeId {
  const { layers, state } = building;
  const [norm, nonlin] = [`${path}.norm`, `${path}.nonlin`];
  const isNormed = layers.isWhole
    ? layers.classAt(norm) !== undefined
    : style.bareNorm || state.hasModule(norm);
  const normed = (y: NodeId) => (isNormed ? layers.norm(norm, y, style.epsilon) : y);
  const activated = (y: NodeId) => (active ? layers.activation(nonlin, y, style.activation) : y);
  let y = layers.conv(`${path}.conv`, x, { stride });
  y = isActiveFirst(building, style, path) ? normed(activated(y)) : activated(normed(y));
  y = layers.end(`${path}.all_modules`, y, 'Sequential');
  return layers.end(path, y, 'ConvDropoutNormReLU');
}

/** As the plans say, or the last one of the modules that were pickled in their order. */
function isActiveFirst({ layers }: Building, style: Style, path: string): boolean {
  const last = layers.childrenAt(`${path}.all_modules`)?.at(-1);
  if (last === undefined) return style.activationFirst;
  return /Norm/.test(layers.classAt(`${path}.all_modules.${last}`) ?? '');
}

/** ResNet-D: the shortcut is a mean over the stride, then a convolution of one voxel where the width changes. */
function residual(
  building: Building,
  style: Style,
  path: string,
  x: NodeId,
  stride: Sizes,
): NodeId {
  const { layers, state } = building;
  if (state.hasModule(`${path}.squeeze_excitation`))
    throw layers.refuse(`${path} has squeeze and excitation`, 'residual encoders without it');
  const parts = state.hasModule(`${path}.conv3`) ? [1, 2, 3] : [1, 2];
  const strided = parts.length - 1;
  const ones = stride.map(() => 1);
  let y = x;
  for (const part of parts)
    y = convolution(
      building,
      style,
      `${path}.conv${part}`,
      y,
      part === strided ? stride : ones,
      part < parts.length,
    );
  const isStrided = stride.some((s) => s !== 1);
  let shortcut = isStrided ? layers.averagePool(`${path}.skip.0`, x, { window: stride }) : x;
  const projection = `${path}.skip.${isStrided ? 1 : 0}`;
  if (state.hasModule(projection))
    shortcut = convolution(building, style, projection, shortcut, ones, false);
  if (shortcut !== x) shortcut = layers.end(`${path}.skip`, shortcut, 'Sequential');
  const sum = layers.sum(`${path} (sum)`, [y, shortcut]);
  return layers.end(
    path,
    layers.activation(`${path}.nonlin${parts.length}`, sum, style.activation),
    'BasicBlockD',
  );
}

function nnunetFacts(checkpoint: Checkpoint, channels: number): Facts {
  const at = configurationOf(checkpoint);
  const plans = plansOf(checkpoint);
  const dataset = checkpoint.settings.at('init_args', 'dataset_json');
  const spacing = at('spacing').numbers();
  const axes = at('patch_size').list()?.length ?? 3;
  const order = plans.at('transpose_forward').numbers();
  const schemes = at('normalization_schemes').texts();
  const notes: string[] = [];
  if (!plans.at('configurations').isThere && !checkpoint.module)
    notes.push(
      'No plans are in the file or beside it: its first stage is read as not strided, with leaky ReLUs of slope 0.01 and epsilon 1e-5; plans.json, beside it, dropped with it or given with --config, says otherwise.',
    );
  if (order?.some((axis, i) => axis !== i))
    notes.push(
      `nnU-Net turns the axes of a volume to [${order}] before this network, and so is done here; only an array (.npy) that is explained has to be turned already.`,
    );
  const normalization = normalizationOf(schemes, plans);
  if (schemes && !normalization)
    notes.push(`nnU-Net normalises volumes for it by ${schemes}, which is not done here.`);
  if (at('previous_stage').isThere)
    notes.push(
      'This second stage of a cascade takes the volume and, as further channels, the labels that the first stage gave.',
    );
  const uneven = spacing?.some((size) => size !== spacing[0]);
  if (uneven) notes.push(`It was trained at voxels of [${spacing}].`);
  return {
    title: 'nnU-Net',
    classes: labelsByValue(dataset.at('labels'), channels, 'background'),
    ...(spacing && !uneven && spacing[0] >= 0.05 && { voxelSize: spacing[0] }),
    ...normalization,
    tiling: {
      overlap: 0.5,
      blending: 'gaussian',
      even: true,
      axes: order,
      mirror: checkpoint.settings
        .at('inference_allowed_mirroring_axes')
        .numbers()
        ?.map((axis) => axis + 3 - axes),
    },
    notes,
  };
}

/**
 * What nnU-Net's normalisation is here, where it is the same for all channels; CT volumes are scaled by the intensities of
 * the training data, which the plans list.
 */
function normalizationOf(
  schemes: readonly string[] | undefined,
  plans: Settings,
): Pick<Facts, 'normalization' | 'steps'> | undefined {
  const scheme = schemes?.every((one) => one === schemes[0]) ? schemes[0] : undefined;
  const by = (...steps: readonly Step[]) => ({ normalization: 'preprocessing' as const, steps });
  switch (scheme?.replace(/Normalization$/, '')) {
    case 'ZScore':
      return { normalization: 'zscore' };
    case 'No':
    case 'NoNorm':
      return { normalization: 'none' };
    case 'RescaleTo01':
      return by({ id: 'scale_range', low: 0, high: 100, eps: 1e-8, apart: true });
    case 'RGBTo01':
      return by({ id: 'scale_linear', gain: [1 / 255], offset: [0] });
    case 'CT':
      return ctSteps(plans, by);
    default:
      return undefined;
  }
}

function ctSteps<T>(plans: Settings, by: (...steps: readonly Step[]) => T): T | undefined {
  const all = plans.at('foreground_intensity_properties_per_channel').entries();
  const [first] = all.map(([, one]) => one);
  const [mean, std, min, max] = ['mean', 'std', 'percentile_00_5', 'percentile_99_5'].map((key) =>
    first?.at(key).number(),
  );
  if (all.length !== 1 || mean === undefined || std === undefined) return undefined;
  if (min === undefined || max === undefined) return undefined;
  return by(
    { id: 'clip', min, max },
    { id: 'fixed_zero_mean_unit_variance', mean: [mean], std: [Math.max(std, 1e-8)] },
  );
}
