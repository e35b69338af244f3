import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import type { Layers } from '../layers/index.ts';
import { type PadMode, type PerAxis, perAxis } from '../layers/options.ts';
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
    const text = options.at('padding').text();
    const groups = number(use, 'groups') ?? 1;
    const common = {
      stride: sizes(use, 'stride') ?? 1,
      dilation: sizes(use, 'dilation') ?? 1,
      groups,
    };
    const padding = text === 'same' ? undefined : (sizes(use, 'padding') ?? 0);
    if (mode !== 'zeros') {
      const kind = Object.hasOwn(PAD_MODES, mode) ? PAD_MODES[mode] : undefined;
      if (!kind || padding === undefined)
        throw refuse(
          use,
          `pads with ${mode}`,
          'padding of a stated size by zeros, reflect or replicate',
        );
      const each = perAxis(padding, layers.spaceOf(x).length).map((n) => [n, n] as const);
      const wide = layers.pad(`${path} (padded)`, x, [...each, [0, 0]], kind);
      return layers.conv(path, wide, { ...common, padding: 0 });
    }
    if (!transposed) return layers.conv(path, x, { ...common, padding });
    return layers.convTranspose(path, x, {
      ...common,
      padding,
      outputPadding: sizes(use, 'output_padding') ?? 0,
    });
  };
}

/** How PyTorch calls the ways to pad that there are here. */
const PAD_MODES: Readonly<Record<string, PadMode>> = { reflect: 'reflect', replicate: 'edge' };

/** `nn.ZeroPad3d` and its like: the last axis first, in front and behind. */
function padding(mode: PadMode): Row {
  return (use, x) => {
    const { layers, options, path } = use;
    const value = options.at('value').number() ?? 0;
    const axes = layers.spaceOf(x).length;
    const given = sizes(use, 'padding') ?? 0;
    const flat = typeof given === 'number' ? Array<number>(2 * axes).fill(given) : given;
    const pads = Array.from({ length: axes }, (_, axis) => {
      const at = 2 * (axes - 1 - axis);
      return [flat[at] ?? 0, flat[at + 1] ?? 0] as const;
    });
    if (pads.flat().some((n) => n < 0)) throw refuse(use, 'cuts off', 'padding from 0 on');
    return layers.pad(path, x, [...pads, [0, 0]], mode, value);
  };
}

function pool(kind: 'max' | 'mean'): Row {
  return (use, x) => {
    const { layers, path, options } = use;
    const space = layers.spaceOf(x);
    const n = space.length;
    const window = perAxis(sizes(use, 'kernel_size', 'kernel') ?? 2, n);
    const stride = perAxis(sizes(use, 'stride') ?? window, n);
    const dilation = perAxis(sizes(use, 'dilation') ?? 1, n);
    const around = perAxis(sizes(use, 'padding') ?? 0, n);
    const more = space.map((size, axis) => {
      if (options.at('ceil_mode').flag() !== true) return 0;
      const over = size + 2 * around[axis] - (window[axis] - 1) * dilation[axis] - 1;
      const last = Math.ceil(over / stride[axis]) * stride[axis];
      // A window that would begin in the padding behind is left out.
      return last < size + around[axis] ? last - over : 0;
    });
    const pads = around.map((p, axis) => [p, p + more[axis]] as const);
    const all = { window, stride, dilation, pads };
    if (kind === 'max') return layers.maxPool(path, x, all);
    const counted = options.at('count_include_pad').flag() ?? true;
    const zeros = around.map((p) => (counted ? ([p, p] as const) : ([0, 0] as const)));
    return layers.averagePool(path, x, all, zeros);
  };
}

function adaptive(kind: 'max' | 'mean'): Row {
  return (use, x) => {
    const space = use.layers.spaceOf(x);
    const given = ['output_size', 'size'].map((name) => use.options.at(name).list()).find(Boolean);
    // None leaves an axis as it is.
    const goal = given?.map((one, axis) => (one.isNull ? space[axis] : (one.number() ?? 0)));
    return use.layers.adaptivePool(
      use.path,
      x,
      goal ?? number(use, 'output_size', 'size') ?? 1,
      kind,
    );
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
  RReLU(use, x) {
    // Evaluated, its slope is the mean of both.
    const slope = ((number(use, 'lower') ?? 1 / 8) + (number(use, 'upper') ?? 1 / 3)) / 2;
    return use.layers.activation(use.path, x, { kind: 'leakyRelu', slope });
  },
  ConstantPad: padding('constant'),
  ZeroPad: padding('constant'),
  ReflectionPad: padding('reflect'),
  ReplicationPad: padding('edge'),
  PixelShuffle(use, x) {
    const factor = number(use, 'upscale_factor') ?? 2;
    const each = use.layers.spaceOf(x).map(() => factor);
    return use.layers.pixelShuffle(use.path, x, each);
  },
  FeatureAlphaDropout: ({ layers, path }, x) => layers.identity(path, x, 'Dropout'),
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
