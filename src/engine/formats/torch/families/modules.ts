import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import { type Layers, type PerAxis, perAxis } from '../layers.ts';
import type { Settings } from '../../settings.ts';

/** One module of `torch.nn` at `path`, with its attributes. */
export interface Use {
  readonly layers: Layers;
  readonly path: string;
  /** Class without package and number of axes, e.g. `Conv`. */
  readonly type: string;
  readonly options: Settings;
}

type Row = (use: Use, x: NodeId) => NodeId;

const number = ({ options }: Use, ...names: readonly string[]) =>
  names.map((name) => options.at(name).number()).find((n) => n !== undefined);

const sizes = ({ options }: Use, ...names: readonly string[]): PerAxis | undefined =>
  names
    .map((name) => options.at(name).number() ?? options.at(name).numbers())
    .find((n) => n !== undefined);

const refuse = ({ layers, path, type }: Use, what: string, accepted: string) =>
  layers.refuse(`its layer ${path} (${type}) ${what}`, accepted);

function convolution(transposed: boolean): Row {
  return (use, x) => {
    const { layers, path, options } = use;
    const mode = options.at('padding_mode').text() ?? 'zeros';
    if (mode !== 'zeros') throw refuse(use, `pads with ${mode}`, 'padding with zeros');
    const text = options.at('padding').text();
    const groups = number(use, 'groups') ?? 1;
    const common = {
      stride: sizes(use, 'stride') ?? 1,
      dilation: sizes(use, 'dilation') ?? 1,
      groups,
    };
    const padding = text === 'same' ? undefined : (sizes(use, 'padding') ?? 0);
    if (!transposed) return layers.conv(path, x, { ...common, padding });
    return layers.convTranspose(path, x, {
      ...common,
      padding,
      outputPadding: sizes(use, 'output_padding') ?? 0,
    });
  };
}

function pool(kind: 'max' | 'mean'): Row {
  return (use, x) => {
    const { layers, path, options } = use;
    const space = layers.spaceOf(x);
    const window = perAxis(sizes(use, 'kernel_size', 'kernel') ?? 2, space.length);
    const stride = perAxis(sizes(use, 'stride') ?? window, space.length);
    const padding = perAxis(sizes(use, 'padding') ?? 0, space.length);
    const whole = space.every(
      (n, axis) => (n + 2 * padding[axis] - window[axis]) % stride[axis] === 0,
    );
    if (options.at('ceil_mode').flag() && !whole)
      throw refuse(
        use,
        `counts incomplete windows of [${space}] voxels`,
        'ceil_mode false, or sides that its windows cover',
      );
    if ((number(use, 'dilation') ?? 1) !== 1)
      throw refuse(use, 'has a dilation', 'pooling without one');
    const all = { window, stride, padding };
    if (kind === 'max') return layers.maxPool(path, x, all);
    return layers.averagePool(path, x, all, options.at('count_include_pad').flag() ?? true);
  };
}

function adaptive(kind: 'max' | 'mean'): Row {
  return (use, x) => {
    const goal = sizes(use, 'output_size', 'size') ?? 1;
    return use.layers.adaptivePool(use.path, x, goal, kind);
  };
}

const norm: Row = (use, x) => use.layers.norm(use.path, x, number(use, 'eps') ?? 1e-5);

/** `torch.nn` by class, without the number of axes behind it. */
const ROWS: Readonly<Record<string, Row>> = {
  Conv: convolution(false),
  ConvTranspose: convolution(true),
  Linear: ({ layers, path }, x) => layers.linear(path, x),
  BatchNorm: (use, x) => use.layers.batchNorm(use.path, x, number(use, 'eps') ?? 1e-5),
  SyncBatchNorm: norm,
  InstanceNorm: norm,
  GroupNorm(use, x) {
    const groups = number(use, 'num_groups', 'groups');
    if (groups === undefined)
      throw refuse(use, 'does not say how many groups it has', 'num_groups');
    return use.layers.groupNorm(use.path, x, groups, number(use, 'eps') ?? 1e-5);
  },
  LayerNorm: (use, x) => use.layers.layerNorm(use.path, x, number(use, 'eps') ?? 1e-5),
  PReLU: ({ layers, path }, x) => layers.prelu(path, x),
  MaxPool: pool('max'),
  AvgPool: pool('mean'),
  AdaptiveMaxPool: adaptive('max'),
  AdaptiveAvgPool: adaptive('mean'),
  Flatten: ({ layers, path }, x) => layers.flatten(path, x),
  Dropout: ({ layers, path }, x) => layers.identity(path, x, 'Dropout'),
  AlphaDropout: ({ layers, path }, x) => layers.identity(path, x, 'Dropout'),
  Identity: ({ layers, path }, x) => layers.identity(path, x),
  Softmax: ({ layers, path }, x) => layers.softmax(path, x),
  LogSoftmax: ({ layers, path }, x) => layers.softmax(path, x, true),
  Upsample(use, x) {
    const { layers, path, options } = use;
    const mode = options.at('mode').text() ?? 'nearest';
    if (!/nearest|linear/.test(mode))
      throw refuse(use, `has the mode ${mode}`, 'nearest and linear');
    const corners = options.at('align_corners').flag() ?? false;
    const kind = mode.includes('linear') ? 'linear' : 'nearest';
    const goal = sizes(use, 'size');
    if (goal !== undefined)
      return layers.resize(
        path,
        x,
        perAxis(goal, layers.spaceOf(x).length) as Sizes,
        kind,
        corners,
      );
    return layers.upsample(path, x, sizes(use, 'scale_factor') ?? 2, kind, corners);
  },
};

const rowOf = (type: string): Row | undefined => {
  const name = type.replace(/[123]d$/, '');
  return Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
};

const activation = ({ type, options }: Use) =>
  activationOf(
    type,
    (key, otherwise) => options.at(key).number() ?? options.at('slope').number() ?? otherwise,
    (key) => options.at(key).text(),
  );

/** Adds one module; undefined for a class that there is no row for. */
export function addModule(use: Use, x: NodeId): NodeId | undefined {
  const row = rowOf(use.type);
  if (row) return row(use, x);
  const found = activation(use);
  return found && use.layers.activation(use.path, x, found);
}
