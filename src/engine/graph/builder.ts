import { AppError } from '../../core/errors.ts';
import { ShapeError } from '../ops/op.ts';
import { opOf } from '../ops/table.ts';
import type { Attributes, OpId, Weights } from './operators.ts';
import type {
  Constant,
  ConstantId,
  Declared,
  Graph,
  Node,
  NodeId,
  NodeOf,
  Output,
  Shape,
} from './types.ts';

/** No value of a network may have more elements, and no network more nodes. */
const LARGEST_VALUE = 2 ** 31;
const MOST_NODES = 20_000;

/** What a node is given beside its operator. */
export interface NodeOptions {
  readonly name: string;
  readonly inputs: readonly NodeId[];
  /** `kind`, and what else the file says; shape and layout are those inside where it says nothing. */
  readonly declared: Pick<Declared, 'kind'> & Partial<Declared>;
  /** See {@link NodeOf.partOf}. */
  readonly partOf?: string;
}

/**
 * Makes a {@link Graph}, node by node, in an order in which every node comes after its inputs. An importer
 *
 * 1. rewrites its file's layout: values are `[…space, channels]` without the batch, kernels as
 *    `graph/operators.ts` says, axes counted without the batch, padding in numbers;
 * 2. adds weights with {@link constant}, whose numbers are read when they are needed (no copy is kept), and
 *    values that depend on no input with a node `constant`;
 * 3. adds nodes with {@link add}, which infers and checks the shape: `declared` says what the user sees of it;
 *    an activation is a node of its own, and what comes before it `partOf` the layer if only that has a name in the file;
 * 4. names the outputs, the main one first. A final softmax stays in: `graph/scores.ts` takes it off.
 *
 * @example
 * const graph = new GraphBuilder('model.onnx', 'net');
 * const x = graph.input('volume', [40, 40, 40, 1], { kind: 'Input' });
 * const kernel = graph.constant('w', [3, 3, 3, 1, 8], () => values);
 * const pads = [[1, 1], [1, 1], [1, 1]] as const;
 * const same = { strides: [1, 1, 1], dilations: [1, 1, 1], pads, groups: 1 };
 * const y = graph.add('conv', same, { kernel }, { name: 'y', inputs: [x], declared: { kind: 'Conv' } });
 * graph.output('y', y);
 * graph.finish();
 */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly constants: Constant[] = [];
  private readonly inputs: NodeId[] = [];
  private readonly outputs: Output[] = [];
  private readonly names = new Set<string>();
  private readonly uses = new Map<string, number>();

  /** @param label what messages call the file */
  constructor(
    private readonly label: string,
    private readonly name: string,
  ) {}

  /** `shape` without the batch. */
  input(name: string, shape: Shape, declared: NodeOptions['declared']): NodeId {
    const bad = shape.find((size) => !Number.isInteger(size) || size < 1);
    if (bad !== undefined)
      throw this.refuse(`input ${name} has shape [${shape}]`, 'whole sizes from 1 on');
    const id = this.push('input', {}, {}, { name, inputs: [], declared }, shape);
    this.inputs.push(id);
    return id;
  }

  /** @param stored see {@link Constant.stored} */
  constant(name: string, shape: Shape, values: () => Float32Array, stored = true): ConstantId {
    return this.constants.push({ name, shape, values, stored }) - 1;
  }

  /** @throws AppError `unsupported` for inputs, weights and attributes that do not fit together */
  add<K extends OpId>(
    op: K,
    attributes: Attributes<K>,
    weights: Weights<K>,
    options: NodeOptions,
  ): NodeId {
    const given = Object.entries(weights as Record<string, ConstantId | undefined>);
    const shapes = given.flatMap(([key, id]) =>
      id === undefined ? [] : [[key, this.constants[id].shape] as const],
    );
    try {
      const shape = opOf<K>({ op }).shape({
        attributes,
        inputs: options.inputs.map((id) => this.nodes[id].shape),
        weights: Object.fromEntries(shapes) as never,
      });
      return this.push(op, attributes, weights, options, shape);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const { name, declared } = options;
      throw this.refuse(
        `${name} (${declared.kind}) does not fit together: ${error.message}`,
        'networks whose shapes agree',
      );
    }
  }

  output(name: string, node: NodeId): void {
    this.outputs.push({ name, node });
  }

  shapeOf(node: NodeId): Shape {
    return this.nodes[node].shape;
  }

  nodeOf(id: NodeId): Node {
    return this.nodes[id];
  }

  constantOf(id: ConstantId): Constant {
    return this.constants[id];
  }

  /** Gives a node that was a part of a layer the layer's name. */
  rename(id: NodeId, name: string, declared: Declared): void {
    this.names.delete(this.nodes[id].name);
    this.names.add(name);
    this.nodes[id] = { ...this.nodes[id], name, declared, partOf: null };
  }

  /** A name that no node has yet: `name`, `name:1`, … in the order of asking. */
  unique(name: string): string {
    if (!this.names.has(name)) return name;
    for (let use = this.uses.get(name) ?? 1; ; use++) {
      this.uses.set(name, use + 1);
      if (!this.names.has(`${name}:${use}`)) return `${name}:${use}`;
    }
  }

  finish(): Graph {
    const { name, nodes, constants, inputs, outputs } = this;
    if (inputs.length === 0) throw this.refuse('it has no input', 'networks with an input');
    if (outputs.length === 0) throw this.refuse('it has no output', 'networks with an output');
    return { name, nodes, constants, inputs, outputs };
  }

  private push<K extends OpId>(
    op: K,
    attributes: Attributes<K>,
    weights: Weights<K>,
    { name, inputs, declared, partOf }: NodeOptions,
    shape: Shape,
  ): NodeId {
    const size = shape.reduce((a, b) => a * b, 1);
    if (!(size <= LARGEST_VALUE)) {
      throw this.refuse(
        `${name} (${declared.kind}) has shape [${shape}]`,
        `values of at most ${LARGEST_VALUE} elements`,
      );
    }
    if (this.nodes.length === MOST_NODES)
      throw this.refuse(`it has more than ${MOST_NODES} nodes`, 'smaller networks');
    if (this.names.has(name))
      throw this.refuse(`two of its values are called ${name}`, 'names that occur once');
    this.names.add(name);
    const node: NodeOf<K> = {
      name,
      op,
      attributes,
      weights,
      inputs,
      shape,
      declared: { shape, layout: 'channels-last', ...declared },
      partOf: partOf ?? null,
    };
    return this.nodes.push(node as unknown as Node) - 1;
  }

  private refuse(what: string, accepted: string): AppError {
    return new AppError('unsupported', `${this.label}: ${what}; accepted: ${accepted}`);
  }
}
