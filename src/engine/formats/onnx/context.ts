import type { Activation, OpId, Pads } from '../../graph/operators.ts';
import type {
  DataValue,
  OnnxBuilder,
  Meaning,
  NodeSpec,
  Origin,
  ReshapedValue,
  Value,
} from './builder.ts';
import type { Constant } from './constant.ts';
import type { Attributes, OnnxNode } from './model.ts';

/** A node of the file that cannot be taken over, and why; all of a file are reported together. */
export class Unsupported extends Error {}

/** One node of the file while it is taken over. */
export class Context {
  readonly attrs: Attributes;
  readonly opset: number;

  constructor(
    readonly builder: OnnxBuilder,
    readonly node: OnnxNode,
    private readonly inputs: readonly (Value | undefined)[],
  ) {
    this.attrs = node.attrs;
    this.opset = builder.opset;
  }

  fail(why: string): never {
    throw new Unsupported(why);
  }

  get count(): number {
    return this.inputs.length;
  }

  value(i: number): Value {
    return this.inputs[i] ?? this.fail(`its input ${i} is missing`);
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  data(i: number): DataValue {
    return this.builder.dataOf(this.value(i));
  }

  /** An input whose numbers are known; undefined where it is left out. */
  constant(i: number): Constant | undefined {
    const value = this.inputs[i];
    if (!value) return undefined;
    return value.kind === 'constant'
      ? value.constant
      : this.fail(`its input ${value.name} is computed from the volume; it has to be a constant`);
  }

  numbers(i: number): readonly number[] | undefined {
    const constant = this.constant(i);
    return constant && [...constant.data];
  }

  origin(output = 0): Origin {
    const { name, op, outputs } = this.node;
    return { name: outputs[output], kind: op, node: name };
  }

  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    return positive >= 0 && positive < rank ? positive : this.fail(`it has no axis ${axis}`);
  }

  /** A new node that keeps shape and axes of `x`. */
  like<K extends OpId>(
    x: DataValue,
    spec: Pick<NodeSpec<K>, 'op' | 'attributes' | 'weights'>,
    meaning?: Meaning,
  ): DataValue {
    const { dims, axes, channel } = x;
    const whole = { ...spec, inputs: [x.node] } as Omit<NodeSpec<K>, 'shape'>;
    return this.builder.data(this.origin(), dims, axes, channel, whole, meaning);
  }

  /** A node like {@link like}, without a name in the file, on the way to this node's value. */
  step<K extends OpId>(
    x: DataValue,
    what: string,
    spec: Pick<NodeSpec<K>, 'op' | 'attributes' | 'weights'>,
  ): DataValue {
    const origin = this.origin();
    const whole = { ...spec, inputs: [x.node] } as Omit<NodeSpec<K>, 'shape'>;
    const name = `${origin.name}~${what}`;
    return this.builder.data(
      { ...origin, name },
      x.dims,
      x.axes,
      x.channel,
      whole,
      undefined,
      origin.name,
    );
  }

  activation(x: DataValue, attributes: Activation): DataValue {
    return this.like<'activation'>(x, { op: 'activation', attributes });
  }

  /** The same numbers under another name, other unit axes or another order of axes. */
  alias(
    x: DataValue,
    dims = x.dims,
    axes = x.axes,
    channel = x.channel,
    origin = this.origin(),
  ): DataValue {
    const spec = { op: 'identity', attributes: {}, inputs: [x.node] } as const;
    const meaning = dims === x.dims && axes === x.axes ? x.meaning : undefined;
    return this.builder.data(origin, dims, axes, channel, spec, meaning);
  }

  /** `[…space, channels]`, in front of it the batch where it holds something (slices of a volume). */
  channelsLast({ dims }: DataValue): number[] {
    const space = dims.map((_, i) => i).slice(2);
    return dims[0] === 1 ? [...space, 1] : [0, ...space, 1];
  }

  /** By numpy's rules and ONNX's: 0 keeps an axis, -1 takes the rest. Free where only unit axes change. */
  reshape(value: Value, dims: readonly number[], origin = this.origin()): Value {
    if (value.kind === 'constant')
      return { ...value, name: origin.name, constant: { ...value.constant, dims } };
    if (value.kind === 'mask') return this.reshape(this.builder.dataOf(value), dims, origin);
    const source = value.kind === 'reshaped' ? value.source : value;
    if (source.dims.length === dims.length && dims.every((n, axis) => n === source.dims[axis]))
      return this.alias(source, source.dims, source.axes, source.channel, origin);
    const large = (sizes: readonly number[]) => sizes.map((_, i) => i).filter((i) => sizes[i] > 1);
    const [from, to] = [large(source.dims), large(dims)];
    if (from.length === to.length && from.every((axis, i) => source.dims[axis] === dims[to[i]])) {
      const place = new Map(from.map((axis, i) => [axis, to[i]]));
      const kept = source.axes.filter((axis) => place.has(axis));
      const axes = kept.map((axis) => place.get(axis) as number);
      const channel = source.channel === null ? null : this.movedChannel(source, dims, place);
      const node = this.builder.arranged(source, kept);
      return this.alias({ ...source, node }, dims, axes, channel, origin);
    }
    const reshaped: ReshapedValue = { kind: 'reshaped', name: origin.name, dims, source };
    return reshaped;
  }

  private movedChannel(
    { dims: before, channel }: DataValue,
    dims: readonly number[],
    place: ReadonlyMap<number, number>,
  ): number | null {
    const moved = place.get(channel as number);
    if (moved !== undefined) return moved;
    return dims.length === before.length ? channel : null;
  }
}

/** `pads` as ONNX lists them (all begins, then all ends), a pair per axis. */
export function pairs(pads: readonly number[]): [number, number][] {
  const rank = pads.length / 2;
  return Array.from({ length: rank }, (_, i) => [pads[i], pads[i + rank]]);
}

/** Padding of the spatial axes with none for a leading axis of slices. */
export function lead<T>(spatial: readonly T[], rank: number, fill: T): T[] {
  return [...Array.from({ length: rank - spatial.length }, () => fill), ...spatial];
}

export const NO_PAD: Pads[number] = [0, 0];
