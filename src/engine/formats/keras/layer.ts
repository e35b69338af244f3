import { AppError, badFile } from '../../../core/errors.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Attributes, OpId, Weights } from '../../graph/operators.ts';
import type { ConstantId, Shape } from '../../graph/types.ts';
import { Config } from './config.ts';
import { type KerasActivation, readActivation } from './activations.ts';
import type { LayerSpec } from './topology.ts';
import { type DataFormat, innerAxis, toFirst, toLast, type Value } from './value.ts';
import type { KerasWeights, LayerStep } from './weights.ts';

/** A shape to compare; Keras 1 put a window of one element beside those of one axis. */
const plain = (shape: Shape, version: string) =>
  shape.filter((size) => size !== 1 || !version.startsWith('1.')).join();

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** What all layers of a network share while it is built. */
export interface Building {
  readonly label: string;
  readonly version: string;
  readonly graph: GraphBuilder;
  readonly weights: KerasWeights;
  /** By the name in the file, so that a layer used twice has its weights once. */
  readonly constants: Map<string, ConstantId>;
  /** Models applied so far: nested ones that are shared multiply. */
  applications: number;
}

/** One use of one layer: reads its configuration and weights, and adds its nodes. */
export class LayerUse {
  readonly config: Config;
  private parts = 0;

  constructor(
    private readonly building: Building,
    readonly spec: LayerSpec,
    private readonly path: readonly LayerStep[],
    /** Of the node that ends the layer. */
    readonly name: string,
  ) {
    this.config = new Config(spec.config, `${building.label}: layer ${name} (${spec.className})`);
  }

  shapeOf({ node }: Value): Shape {
    return this.building.graph.shapeOf(node);
  }

  /** Shape as the file has it. */
  declared(x: Value): Shape {
    const shape = this.shapeOf(x);
    return x.format === 'channels_first' && shape.length > 1
      ? toFirst(shape.length).map((axis) => shape[axis])
      : shape;
  }

  /** Of an array of the file with an axis for each of a value in `format`: its shape and its numbers in the graph. */
  asGraph(
    shape: Shape,
    format: DataFormat,
  ): [shape: Shape, values: (given: Float32Array) => Float32Array] {
    if (format === 'channels_last' || shape.length < 2) return [shape, (given) => given];
    const [channels, ...space] = shape;
    const places = product(space);
    const turned = (given: Float32Array) =>
      given.map((_, i) => given[(i % channels) * places + Math.floor(i / channels)]);
    return [[...space, channels], turned];
  }

  /** Of the layer, `channels_last` where it does not say. */
  format(): DataFormat {
    return this.config.choice('data_format', ['channels_last', 'channels_first'], 'channels_last');
  }

  activation(): KerasActivation {
    return readActivation(this.config, this.building.version);
  }

  get version(): string {
    return this.building.version;
  }

  refuse(what: string, accepted: string): AppError {
    return new AppError('unsupported', `${this.config.where} ${what}; accepted: ${accepted}`);
  }

  /** A node that is a part of the layer; the last one is given the layer's name. */
  add<K extends OpId>(
    op: K,
    attributes: Attributes<K>,
    weights: Weights<K>,
    inputs: readonly Value[],
    format: DataFormat = inputs[0]?.format ?? 'channels_last',
  ): Value {
    this.parts++;
    const node = this.building.graph.add(op, attributes, weights, {
      name: this.building.graph.unique(`${this.name} (part ${this.parts})`),
      inputs: inputs.map((value) => value.node),
      partOf: this.name,
      declared: { kind: this.spec.className },
    });
    return { node, format };
  }

  activate(x: Value, activation: KerasActivation): Value {
    if (activation === null) return x;
    if (typeof activation === 'object') return this.add('activation', activation, {}, [x]);
    return this.add('softmax', { axis: this.axis(-1, x), log: activation === 'logSoftmax' }, {}, [
      x,
    ]);
  }

  /** x with its channels where `format` has them; the same numbers in the file's order of axes. */
  in(x: Value, format: DataFormat): Value {
    const rank = this.shapeOf(x).length;
    if (x.format === format) return x;
    if (rank < 2) return { ...x, format };
    const permutation = format === 'channels_first' ? toLast(rank) : toFirst(rank);
    return this.add('transpose', { permutation }, {}, [x], format);
  }

  /**
   * f of x with some axes of the graph, in this order, as one behind all others; put back behind it.
   *
   * ```
   * [z, y, x, c], axes [0, 3]  ->  [y, x, z, c]  ->  [y, x, z * c]  ->  f  ->  [z, y, x, c]
   * ```
   */
  gathered(x: Value, axes: readonly number[], f: (x: Value) => Value): Value {
    const shape = this.shapeOf(x);
    const rest = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...rest, ...axes];
    const moved = order.every((axis, i) => axis === i)
      ? x
      : this.add('transpose', { permutation: order }, {}, [x]);
    const there = order.map((axis) => shape[axis]);
    const one = [...there.slice(0, rest.length), product(there.slice(rest.length))];
    const flat = axes.length === 1 ? moved : this.add('reshape', { shape: one }, {}, [moved]);
    const y = f(flat);
    const apart = axes.length === 1 ? y : this.add('reshape', { shape: there }, {}, [y]);
    if (moved === x) return apart;
    const permutation = order.map((_, axis) => order.indexOf(axis));
    return this.add('transpose', { permutation }, {}, [apart]);
  }

  /** A non-negative axis of the graph from one of the file's, which counts the batch. */
  axis(declared: number, x: Value): number {
    const rank = this.shapeOf(x).length;
    const axis = declared < 0 ? declared + rank : declared - 1;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      throw this.refuse(
        `has axis ${declared}`,
        `axes behind the batch, 1 to ${rank} or -${rank} to -1`,
      );
    return innerAxis(axis, rank, x.format);
  }

  /**
   * A weight, as `shape` where the graph wants it in another one with the same numbers; `values` rearranges them.
   *
   * @throws AppError `bad-file` where it is missing or has another shape than `stored`
   */
  weight(
    name: string,
    index: number,
    stored: Shape,
    shape: Shape = stored,
    values: (given: Float32Array) => Float32Array = (given) => given,
  ): ConstantId {
    const { constants, graph, label, weights } = this.building;
    const found = weights.find(this.path, { name, index, shape: stored });
    const accepted = 'the weights written with this network';
    if (!found) throw badFile(label, `layer ${this.name} has no weight ${name}`, accepted);
    if (plain(found.shape, this.version) !== plain(stored, this.version)) {
      throw badFile(
        label,
        `weight ${name} of layer ${this.name} has shape [${found.shape}], not [${stored}]`,
        accepted,
      );
    }
    const key = `${this.path.map((step) => step.name).join('/')}\n${name}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const id = graph.constant(found.name, shape, () => values(found.values()));
    constants.set(key, id);
    return id;
  }

  /** A weight computed from others, shared like them. */
  derived(name: string, shape: Shape, values: () => Float32Array): ConstantId {
    const { constants, graph } = this.building;
    const key = `${this.path.map((step) => step.name).join('/')}\n${name} (derived)`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const id = graph.constant(`${this.name}/${name}`, shape, values, false);
    constants.set(key, id);
    return id;
  }

  /** The numbers of a weight, when they are needed. */
  stored(name: string, index: number, shape: Shape): () => Float32Array {
    const id = this.weight(name, index, shape);
    return this.building.graph.constantOf(id).values;
  }

  /** Names the layer's last node after it, and each of several `name[0]`, `name[1]`, … as Python counts them. */
  finish(made: Value | readonly Value[], before: readonly Value[]): readonly Value[] {
    const { graph } = this.building;
    if ('node' in made) return [this.called(this.name, made, before)];
    return made.map((x, i) => this.called(graph.unique(`${this.name}[${i}]`), x, before));
  }

  private called(name: string, x: Value, before: readonly Value[]): Value {
    const own = before.some(({ node }) => node === x.node) ? this.add('identity', {}, {}, [x]) : x;
    this.building.graph.rename(own.node, name, this.declaredAs(own));
    return own;
  }

  private declaredAs(x: Value) {
    const shape = this.declared(x);
    const first = x.format === 'channels_first' && shape.length > 1;
    return {
      kind: this.spec.className,
      shape,
      layout: first ? ('channels-first' as const) : ('channels-last' as const),
    };
  }
}
