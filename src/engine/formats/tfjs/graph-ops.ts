import { AppError } from '../../../core/errors.ts';
import type { Attribute, GraphNodes } from './graph-nodes.ts';

/** One node of a TensorFlow graph, its attributes read where they are asked for. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** Without control inputs. */
  readonly inputs: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
}

/** A node while it is taken over. */
export class TfContext {
  constructor(
    readonly out: GraphNodes,
    readonly node: TfNode,
    private readonly constants: ReadonlyMap<string, readonly number[]>,
    private readonly label: string,
  ) {}

  fail(why: string): never {
    const { name, op } = this.node;
    throw new AppError(
      'unsupported',
      `${this.label}: ${op} (${name}) ${why}; accepted: frozen graphs of convolutions, pooling, normalisation, activations, linear layers and operators on shapes`,
    );
  }

  input(i: number): string {
    return this.node.inputs[i] ?? this.fail(`lacks its input ${i}`);
  }

  /** Numbers of an input that is written into the file. */
  numbers(i: number): readonly number[] {
    return this.constants.get(this.input(i)) ?? this.fail(`computes its ${this.input(i)}`);
  }

  private field(name: string): Readonly<Record<string, unknown>> {
    const value = this.node.attr[name];
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  }

  int(name: string, otherwise = 0): number {
    const { i } = this.field(name);
    return i === undefined ? otherwise : Number(i);
  }

  float(name: string, otherwise: number): number {
    const { f } = this.field(name);
    return typeof f === 'number' ? f : otherwise;
  }

  flag(name: string): boolean {
    return this.field(name).b === true;
  }

  text(name: string, otherwise: string): string {
    return textOf(this.field(name).s) ?? otherwise;
  }

  private list(name: string): Readonly<Record<string, unknown>> {
    const { list } = this.field(name);
    return typeof list === 'object' && list !== null ? (list as Record<string, unknown>) : {};
  }

  ints(name: string): readonly number[] {
    const { i } = this.list(name);
    return Array.isArray(i) ? i.map(Number) : [];
  }

  texts(name: string): readonly string[] {
    const { s } = this.list(name);
    return Array.isArray(s) ? s.map((one) => textOf(one) ?? '') : [];
  }

  step(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>) {
    return this.out.add(op, inputs, attributes);
  }

  end(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>) {
    return this.out.add(op, inputs, attributes, this.node.name);
  }
}

/** Protobuf's JSON writes bytes in base64; some writers put plain text. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return atob(value);
  } catch {
    return value;
  }
}

type Row = (context: TfContext) => void;

const toFirst = (rank: number) => [0, rank - 1, ...range(rank - 2).map((i) => i + 1)];
const toLast = (rank: number) => [0, ...range(rank - 2).map((i) => i + 2), 1];
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** What knows a data format, between two transpositions where the file's is channels last. */
function inChannelsFirst(
  context: TfContext,
  rank: number,
  run: (x: string) => string,
  i = 0,
): void {
  const last = context.text('data_format', rank === 5 ? 'NDHWC' : 'NHWC').endsWith('C');
  const x = context.input(i);
  if (!last) return void context.end('Identity', [run(x)]);
  run(context.step('Transpose', [x], { perm: toFirst(rank) }));
  context.out.turned(context.node.name, toLast(rank));
}

/** The spatial ones of a number per axis, wherever the channels are. */
function spatial(context: TfContext, name: string, rank: number): readonly number[] {
  const all = context.ints(name);
  if (all.length !== rank) return range(rank - 2).map(() => 1);
  const last = context.text('data_format', rank === 5 ? 'NDHWC' : 'NHWC').endsWith('C');
  return last ? all.slice(1, -1) : all.slice(2);
}

function padding(context: TfContext, rank: number): Readonly<Record<string, Attribute>> {
  const kind = context.text('padding', 'VALID');
  if (kind === 'SAME') return { auto_pad: 'SAME_UPPER' };
  if (kind !== 'EXPLICIT') return { auto_pad: 'VALID' };
  const pairs = context.ints('explicit_paddings');
  const last = context.text('data_format', 'NHWC').endsWith('C');
  const own = range(rank - 2).map((i) => 2 * (i + (last ? 1 : 2)));
  return { pads: [...own.map((i) => pairs[i]), ...own.map((i) => pairs[i + 1])] };
}

function convolution(rank: number, depthwise = false): Row {
  return (context) => {
    const window = range(rank - 2);
    inChannelsFirst(context, rank, (x) => {
      const at = window.length;
      const order = depthwise ? [at, at + 1, ...window] : [at + 1, at, ...window];
      const turned = context.step('Transpose', [context.input(1)], { perm: order });
      const attributes = {
        strides: spatial(context, 'strides', rank),
        dilations: spatial(context, 'dilations', rank),
        ...padding(context, rank),
      };
      if (!depthwise) return fused(context, context.step('Conv', [x, turned], attributes), rank);
      // The importer asks for the number of groups: it is the kernel's.
      const dims = context.out.dimsOf(context.input(1)) ?? context.fail('has a computed kernel');
      const [channels, each] = dims.slice(at);
      const shape = [channels * each, 1, ...dims.slice(0, at)];
      const flat = context.step('Reshape', [turned, context.out.ints(shape)]);
      const conv = context.step('Conv', [x, flat], { ...attributes, group: channels });
      return fused(context, conv, rank);
    });
  };
}

const AFTER: Readonly<Record<string, string>> = {
  Relu: 'Relu',
  Elu: 'Elu',
  Sigmoid: 'Sigmoid',
  Tanh: 'Tanh',
  LeakyRelu: 'LeakyRelu',
};

/** Bias and activation that a converter has put into the node; `rank` 2 for a matrix product. */
function fused(context: TfContext, given: string, rank: number): string {
  let x = given;
  let next = 2;
  for (const what of context.texts('fused_ops')) {
    if (what === 'BiasAdd') {
      const sizes = [1, -1, ...range(rank - 2).map(() => 1)];
      const bias = context.step('Reshape', [context.input(next++), context.out.ints(sizes)]);
      x = context.step('Add', [x, bias]);
    } else if (what === 'Relu6') {
      const limits = [0, 6].map((n) => context.out.number(n));
      x = context.step('Clip', [x, ...limits]);
    } else if (what === 'Prelu') {
      const slopes = context.out.dimsOf(context.input(next)) ?? context.fail('has computed slopes');
      const turned =
        slopes.length === rank - 1 ? [rank - 2, ...range(rank - 2)] : range(slopes.length);
      x = context.step('PRelu', [
        x,
        context.step('Transpose', [context.input(next++)], { perm: turned }),
      ]);
    } else {
      const op = Object.hasOwn(AFTER, what) ? AFTER[what] : context.fail(`is fused with ${what}`);
      const alpha = context.float('leakyrelu_alpha', 0.2);
      x = context.step(op, [x], what === 'LeakyRelu' ? { alpha } : {});
    }
  }
  return x;
}

function transposedConvolution(rank: number): Row {
  return (context) => {
    const window = range(rank - 2);
    const at = window.length;
    inChannelsFirst(
      context,
      rank,
      (x) => {
        const kernel = context.step('Transpose', [context.input(1)], {
          perm: [at + 1, at, ...window],
        });
        return context.step('ConvTranspose', [x, kernel], {
          strides: spatial(context, 'strides', rank),
          dilations: spatial(context, 'dilations', rank),
          ...padding(context, rank),
        });
      },
      2,
    );
  };
}

const pooling =
  (op: string, rank: number): Row =>
  (context) =>
    inChannelsFirst(context, rank, (x) =>
      context.step(op, [x], {
        kernel_shape: spatial(context, 'ksize', rank),
        strides: spatial(context, 'strides', rank),
        ...padding(context, rank),
      }),
    );

const same =
  (op: string): Row =>
  (context) =>
    void context.end(op, context.node.inputs);

const reduction =
  (op: string): Row =>
  (context) => {
    const axes = context.out.ints(context.numbers(1));
    context.end(op, [context.input(0), axes], { keepdims: Number(context.flag('keep_dims')) });
  };

function matMul(context: TfContext): void {
  const turned = (i: number, flag: string, other: string) =>
    context.flag(flag) || context.flag(other)
      ? context.step('Transpose', [context.input(i)], { perm: [1, 0] })
      : context.input(i);
  const [a, b] = [turned(0, 'transpose_a', 'adj_x'), turned(1, 'transpose_b', 'adj_y')];
  if (context.texts('fused_ops').length === 0) return void context.end('MatMul', [a, b]);
  context.end('Identity', [fused(context, context.step('MatMul', [a, b]), 2)]);
}

function stridedSlice(context: TfContext): void {
  const [begin, end, steps] = [1, 2, 3].map((i) => context.numbers(i));
  const bit = (mask: string, i: number) => ((context.int(mask) >> i) & 1) === 1;
  if (context.int('ellipsis_mask') || context.int('new_axis_mask'))
    context.fail('has an ellipsis or a new axis');
  const shrunk = range(begin.length).filter((i) => bit('shrink_axis_mask', i));
  const open = (i: number) => (steps[i] < 0 ? -(2 ** 31) : 2 ** 31 - 1);
  const starts = begin.map((from, i) =>
    bit('begin_mask', i) && !shrunk.includes(i) ? (steps[i] < 0 ? -1 : 0) : from,
  );
  const ends = end.map((to, i) => {
    if (shrunk.includes(i)) return begin[i] === -1 ? open(i) : begin[i] + 1;
    return bit('end_mask', i) ? open(i) : to;
  });
  const lists = [starts, ends, range(begin.length), steps].map((list) => context.out.ints(list));
  if (shrunk.length === 0) return void context.end('Slice', [context.input(0), ...lists]);
  const part = context.step('Slice', [context.input(0), ...lists]);
  context.end('Squeeze', [part, context.out.ints(shrunk)]);
}

function batchNorm(context: TfContext): void {
  const rank = context.text('data_format', 'NHWC').length;
  const constants = [1, 2, 3, 4].map((i) => context.input(i));
  if (context.flag('is_training')) context.fail('is in training mode');
  inChannelsFirst(context, rank, (x) =>
    context.step('BatchNormalization', [x, ...constants], {
      epsilon: context.float('epsilon', 1e-3),
    }),
  );
}

const resize =
  (mode: string): Row =>
  (context) => {
    const sizes = context.numbers(1);
    const half = context.flag('half_pixel_centers');
    const corners = context.flag('align_corners');
    const nearest = mode === 'nearest';
    const coordinates = corners ? 'align_corners' : half ? 'half_pixel' : 'asymmetric';
    const place = nearest && half ? 'tf_half_pixel_for_nn' : coordinates;
    const x = context.step('Transpose', [context.input(0)], { perm: toFirst(4) });
    const attributes = {
      ...{ mode, axes: [2, 3], coordinate_transformation_mode: place },
      nearest_mode: corners ? 'round_prefer_ceil' : 'floor',
    };
    const y = context.step('Resize', [x, '', '', context.out.ints(sizes)], attributes);
    context.end('Transpose', [y], { perm: toLast(4) });
  };

/** The operators of TensorFlow that frozen networks are made of, by ONNX's. */
export const TF_ROWS: Readonly<Record<string, Row>> = {
  Abs: same('Abs'),
  Add: same('Add'),
  AddN: same('Sum'),
  AddV2: same('Add'),
  AvgPool: pooling('AveragePool', 4),
  AvgPool3D: pooling('AveragePool', 5),
  BatchMatMul: matMul,
  BatchMatMulV2: matMul,
  BiasAdd: (context) => {
    if (context.text('data_format', 'NHWC').endsWith('C'))
      return void context.end('Add', context.node.inputs);
    context.fail('has its channels first');
  },
  Cast: same('Identity'),
  ConcatV2: (context) => {
    const [axis] = context.numbers(context.node.inputs.length - 1);
    context.end('Concat', context.node.inputs.slice(0, -1), { axis });
  },
  Conv2D: convolution(4),
  Conv2DBackpropInput: transposedConvolution(4),
  Conv3D: convolution(5),
  Conv3DBackpropInputV2: transposedConvolution(5),
  DepthwiseConv2dNative: convolution(4, true),
  Elu: same('Elu'),
  Erf: same('Erf'),
  Exp: same('Exp'),
  ExpandDims: (context) =>
    void context.end('Unsqueeze', [context.input(0), context.out.ints(context.numbers(1))]),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  FusedDepthwiseConv2dNative: convolution(4, true),
  GatherV2: (context) => {
    const [axis] = context.numbers(2);
    context.end('Gather', [context.input(0), context.input(1)], { axis });
  },
  Identity: same('Identity'),
  LeakyRelu: (context) =>
    void context.end('LeakyRelu', [context.input(0)], { alpha: context.float('alpha', 0.2) }),
  Log: same('Log'),
  LogSoftmax: same('LogSoftmax'),
  MatMul: matMul,
  Max: reduction('ReduceMax'),
  MaxPool: pooling('MaxPool', 4),
  MaxPool3D: pooling('MaxPool', 5),
  Maximum: same('Max'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Minimum: same('Min'),
  MirrorPad: (context) => pad(context, 'reflect'),
  Mul: same('Mul'),
  Neg: same('Neg'),
  Pack: (context) => {
    const axis = context.int('axis');
    const parts = context.node.inputs.map((x) =>
      context.step('Unsqueeze', [x, context.out.ints([axis])]),
    );
    context.end('Concat', parts, { axis });
  },
  Pad: (context) => pad(context, 'constant'),
  PadV2: (context) => pad(context, 'constant'),
  Pow: same('Pow'),
  Prelu: same('PRelu'),
  Prod: reduction('ReduceProd'),
  RealDiv: same('Div'),
  Reciprocal: same('Reciprocal'),
  Relu: same('Relu'),
  Relu6: (context) =>
    void context.end('Clip', [context.input(0), ...[0, 6].map((n) => context.out.number(n))]),
  Reshape: same('Reshape'),
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  Rsqrt: (context) => void context.end('Reciprocal', [context.step('Sqrt', [context.input(0)])]),
  Selu: same('Selu'),
  Shape: same('Shape'),
  Sigmoid: same('Sigmoid'),
  Softmax: same('Softmax'),
  Softplus: same('Softplus'),
  Sqrt: same('Sqrt'),
  Square: (context) => void context.end('Mul', [context.input(0), context.input(0)]),
  SquaredDifference: (context) => {
    const difference = context.step('Sub', context.node.inputs);
    context.end('Mul', [difference, difference]);
  },
  Squeeze: (context) => {
    const axes = context.ints('squeeze_dims');
    const given = axes.length > 0 ? [context.out.ints(axes)] : [];
    context.end('Squeeze', [context.input(0), ...given]);
  },
  StopGradient: same('Identity'),
  StridedSlice: stridedSlice,
  Sub: same('Sub'),
  Sum: reduction('ReduceSum'),
  Tanh: same('Tanh'),
  Tile: same('Tile'),
  Transpose: (context) =>
    void context.end('Transpose', [context.input(0)], { perm: context.numbers(1) }),
  _FusedConv2D: convolution(4),
  _FusedMatMul: matMul,
};

function pad(context: TfContext, mode: string): void {
  const pairs = context.numbers(1);
  if (mode === 'reflect' && context.text('mode', 'REFLECT') !== 'REFLECT')
    context.fail(`mirrors ${context.text('mode', '')}`);
  const half = range(pairs.length / 2);
  const pads = [...half.map((i) => pairs[2 * i]), ...half.map((i) => pairs[2 * i + 1])];
  const value = context.node.inputs.length > 2 && mode === 'constant' ? [context.input(2)] : [];
  context.end('Pad', [context.input(0), context.out.ints(pads), ...value], { mode });
}
