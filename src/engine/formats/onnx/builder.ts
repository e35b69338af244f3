import { badFile } from '../../../core/errors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Attributes as OpAttributes, OpId, Weights } from '../../graph/operators.ts';
import type { ConstantId, Declared, Graph, Layout, Node, NodeId } from '../../graph/types.ts';
import { type Constant, sizeOf } from './constant.ts';

/**
 * What a value is computed from, where several nodes of the file together are one operator: the steps of a layer or RMS
 * norm or of a division by the length.
 */
export interface Meaning {
  readonly kind:
    | 'mean'
    | 'centred'
    | 'squared'
    | 'variance'
    | 'deviation'
    | 'inverse'
    | 'squaredLength'
    | 'length'
    | 'inverseLength';
  /** Whether squares, variance and deviation are those from 0. */
  readonly fromZero?: boolean;
  readonly of: DataValue;
  /** Axes of `of`, as declared. */
  readonly axes: readonly number[];
  readonly epsilon: number;
}

/**
 * A tensor that depends on the input. The file's shape is `dims`, batch included; `node` makes it with the axes
 * `axes` in this order, the axes left out having size 1. So a transposition or an added unit axis costs nothing:
 * convolutions leave `[…space, channels]` and what follows them keeps that order.
 */
export interface DataValue {
  readonly kind: 'data';
  readonly name: string;
  readonly dims: readonly number[];
  readonly node: NodeId;
  readonly axes: readonly number[];
  /** Axis of the channels; null where it is not clear. */
  readonly channel: number | null;
  readonly meaning?: Meaning;
}

/** A reshaped value whose numbers have not been rearranged yet: often the next node undoes it. */
export interface ReshapedValue {
  readonly kind: 'reshaped';
  readonly name: string;
  readonly dims: readonly number[];
  readonly source: DataValue;
  /** Axis of the channels where the operator says which; else it is seen from the source. */
  readonly channel?: number;
}

export interface ConstantValue {
  readonly kind: 'constant';
  readonly name: string;
  readonly constant: Constant;
}

/** Comparison of two values: mostly it only chooses between branches. */
export interface MaskValue {
  readonly kind: 'mask';
  readonly name: string;
  readonly dims: readonly number[];
  /** 1 where it holds, else 0. */
  readonly make: () => DataValue;
}

export type Value = DataValue | ReshapedValue | ConstantValue | MaskValue;

/** What a row asks for of a new node. */
export interface NodeSpec<K extends OpId> {
  readonly op: K;
  readonly attributes: OpAttributes<K>;
  readonly weights?: Weights<K>;
  readonly inputs: readonly NodeId[];
  readonly shape: readonly number[];
}

/** The tensor and node of the file that a new node stands for. */
export interface Origin {
  readonly name: string;
  readonly kind: string;
  readonly node: string;
}

export const dimsOf = (value: Value) =>
  value.kind === 'constant' ? value.constant.dims : value.dims;

const sameSizes = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Numbers that the value of one node may have: 8 GiB of float32. */
const MOST_NUMBERS = 2 ** 31;

/** Adds nodes to a graph and keeps which tensor of the file lies where. */
export class OnnxBuilder {
  private readonly graph: GraphBuilder;
  private readonly rearranged = new Map<string, NodeId>();
  private readonly ids = new Map<string, ConstantId>();
  private readonly carriedOut = new Map<ReshapedValue, DataValue>();
  private readonly compared = new Map<string, DataValue>();

  constructor(
    readonly file: string,
    readonly opset: number,
    name: string,
  ) {
    this.graph = new GraphBuilder(file, name);
  }

  nodeOf(id: NodeId): Node {
    return this.graph.nodeOf(id);
  }

  finish(outputs: readonly { readonly name: string; readonly node: NodeId }[]): Graph {
    for (const { name, node } of outputs) this.graph.output(name, node);
    return this.graph.finish();
  }

  /** A weight; `make` runs when the network is put on a backend. Same name and shape, same weight. */
  weight(name: string, shape: readonly number[], make: () => ArrayLike<number>): ConstantId {
    const key = `${name} ${shape.join()}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.graph.constant(name, shape, () => {
      const numbers = make();
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    });
    this.ids.set(key, id);
    return id;
  }

  /** The network's input; `axes` in the order `[…space, channels]`. */
  input(
    origin: Origin,
    dims: readonly number[],
    axes: readonly number[],
    channel: number,
    open: boolean,
  ): DataValue {
    const shape = axes.map((axis) => dims[axis]);
    const declared = { ...declaredOf(origin, dims, axes, channel), ...(open && { open }) };
    const node = this.graph.input(origin.name, shape, declared);
    return { kind: 'data', name: origin.name, dims, node, axes, channel };
  }

  /** Adds a node that makes the tensor `origin.name` with the axes `axes` of `dims`. */
  data<K extends OpId>(
    origin: Origin,
    dims: readonly number[],
    axes: readonly number[],
    channel: number | null,
    spec: Omit<NodeSpec<K>, 'shape'>,
    meaning?: Meaning,
    partOf?: string,
  ): DataValue {
    const shape = axes.map((axis) => dims[axis]);
    const declared = declaredOf(origin, dims, axes, channel);
    const node = this.push({ ...spec, shape }, origin.name, declared, partOf);
    return { kind: 'data', name: origin.name, dims, node, axes, channel, meaning };
  }

  /** A node without a name in the file, on the way to the tensor `of`. */
  step<K extends OpId>(of: string, what: string, spec: NodeSpec<K>): NodeId {
    return this.inner(spec, of, what);
  }

  private inner<K extends OpId>(spec: NodeSpec<K>, of: string, what: string): NodeId {
    return this.push(spec, `${of}~${what}`, { kind: spec.op, layout: null }, of);
  }

  private push<K extends OpId>(
    { op, attributes, weights, inputs, shape }: NodeSpec<K>,
    name: string,
    declared: Pick<Declared, 'kind'> & Partial<Declared>,
    partOf?: string,
  ): NodeId {
    const empty = shape.some((n) => !(n >= 1));
    if (empty || !(sizeOf(shape) <= MOST_NUMBERS)) {
      const why = empty ? 'which is empty' : 'too large for the memory there is';
      throw badFile(
        this.file,
        `${declared.kind} makes ${name} of ${shape.join(' x ')} numbers, ${why}`,
        'a network whose layers fit in memory',
      );
    }
    const options = { name: this.graph.unique(name), inputs, declared, partOf };
    return this.graph.add<K>(op, attributes, (weights ?? {}) as Weights<K>, options);
  }

  /** The value as data: constants become a node, reshapes are carried out. */
  dataOf(value: Value): DataValue {
    if (value.kind === 'data') return value;
    if (value.kind === 'reshaped') {
      const known = this.carriedOut.get(value) ?? this.carryOut(value);
      this.carriedOut.set(value, known);
      return known;
    }
    if (value.kind === 'mask') {
      const known = this.compared.get(value.name) ?? value.make();
      this.compared.set(value.name, known);
      return known;
    }
    const { dims, data } = value.constant;
    const id = this.weight(value.name, dims, () => data);
    const spec = { op: 'constant', attributes: {}, weights: { value: id }, inputs: [] } as const;
    const axes = dims.map((_, i) => i);
    const origin = { name: value.name, kind: 'Constant', node: '' };
    return this.data(origin, dims, axes, null, spec);
  }

  private carryOut({ name, dims, source, channel: given }: ReshapedValue): DataValue {
    const order = source.dims.map((_, i) => i).filter((i) => source.dims[i] !== 1);
    const input = this.arranged(source, order);
    const axes = dims.map((_, i) => i).filter((i) => i > 0 || dims[0] !== 1);
    const shape = axes.map((axis) => dims[axis]);
    const origin = { name, kind: 'Reshape', node: '' };
    const keeps = dims[0] === source.dims[0] && dims[1] === source.dims[1] && dims.length > 2;
    const channel = given ?? (keeps && source.channel === 1 ? 1 : null);
    const spec = { op: 'reshape', attributes: { shape }, inputs: [input] } as const;
    if (given === undefined) return this.data(origin, dims, axes, channel, spec);
    // A named place for the channels: they go last, so that a map can be drawn.
    const flat = this.data({ ...origin, name: `${name}~merged` }, dims, axes, null, spec);
    const last = [...axes.filter((axis) => axis !== given), given];
    const same = { op: 'identity', attributes: {}, inputs: [this.arranged(flat, last)] } as const;
    return this.data(origin, dims, last, given, same);
  }

  /** The same value by the name that the graph around it has for it. */
  renamed(value: Value, name: string): Value {
    if (value.kind === 'data') {
      const node = this.nodeOf(value.node);
      const aliases = [...(node.declared.aliases ?? []), node.name];
      this.graph.rename(value.node, this.graph.unique(name), { ...node.declared, aliases });
    }
    return { ...value, name };
  }

  /** A node that makes known numbers, for operators that take them as a value. */
  constantNode(name: string, shape: readonly number[], make: () => ArrayLike<number>): NodeId {
    const weights = { value: this.weight(`${name}/${shape}`, shape, make) };
    const spec = { op: 'constant', attributes: {}, weights, inputs: [], shape } as const;
    return this.inner<'constant'>(spec, name, 'value');
  }

  /** The node with the numbers of `value` in the order `axes`, which has all axes larger than 1. */
  arranged({ node, dims, axes, name }: DataValue, wanted: readonly number[]): NodeId {
    const key = `${node} ${axes} ${wanted}`;
    const known = this.rearranged.get(key);
    if (known !== undefined) return known;
    const large = (axis: number) => dims[axis] !== 1;
    const present = axes.filter(large);
    const order = wanted.filter(large);
    const shape = wanted.map((axis) => dims[axis]);
    let result = node;
    if (!sameSizes(present, order)) {
      // Unit axes travel in front, where they are dropped or kept by the reshape below.
      const units = axes.filter((axis) => !large(axis));
      const permutation = [...units, ...order].map((axis) => axes.indexOf(axis));
      const moved = permutation.map((i) => dims[axes[i]]);
      const spec = { op: 'transpose', attributes: { permutation }, inputs: [node] } as const;
      result = this.inner({ ...spec, shape: moved }, name, 'transposed');
    }
    if (!sameSizes(this.graph.shapeOf(result), shape)) {
      const spec = { op: 'reshape', attributes: { shape }, inputs: [result] } as const;
      result = this.inner({ ...spec, shape }, name, 'reshaped');
    }
    this.rearranged.set(key, result);
    return result;
  }
}

/** What the file says of a tensor; without a layout where it has no clear channels, or not as the last axis inside. */
function declaredOf(
  { kind, node }: Origin,
  dims: readonly number[],
  axes: readonly number[],
  channel: number | null,
): Declared {
  const last = axes.length < 2 || axes[axes.length - 1] === channel;
  const shape = dims[0] === 1 && dims.length > 1 ? dims.slice(1) : dims;
  return { kind, ...(node && { node }), shape, layout: last ? layoutOf(dims, channel) : null };
}

/** Where the channels stand; null where no axis is known to be theirs. */
function layoutOf(dims: readonly number[], channel: number | null): Layout | null {
  if (channel === null) return dims.length <= 2 ? 'channels-last' : null;
  if (dims[0] !== 1 && dims.length === 4 && channel === 1) return 'depth-in-batch';
  return channel === dims.length - 1 ? 'channels-last' : 'channels-first';
}
