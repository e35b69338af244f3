import { AppError } from '../../../../core/errors.ts';
import { GraphBuilder } from '../../../graph/builder.ts';
import type { Attributes, OpId, Sizes, Weights } from '../../../graph/operators.ts';
import type { Declared, Graph, Node, NodeId } from '../../../graph/types.ts';
import { Settings } from '../../settings.ts';
import { children, classOf } from '../module.ts';
import type { Inert } from '../pickle.ts';
import type { State } from '../state.ts';

/** The network takes sides that are multiples of these, and was given others. */
export class Indivisible extends Error {
  constructor(readonly multiples: Sizes) {
    super(`sides that are multiples of [${multiples}]`);
  }
}

/** A graph whose nodes are the modules of a PyTorch network, and what the file says of these. */
export class ModuleGraph {
  protected readonly graph: GraphBuilder;

  constructor(
    protected readonly file: string,
    readonly state: State,
    name: string,
    /** What a network that was pickled whole says of its modules, by path. */
    private readonly modules: ReadonlyMap<string, Inert> = new Map(),
  ) {
    this.graph = new GraphBuilder(file, name);
  }

  finish(outputs: readonly (readonly [name: string, node: NodeId])[]): Graph {
    for (const [name, node] of outputs) this.graph.output(name, node);
    const graph = this.graph.finish();
    if (this.state.spellings.size === 0) return graph;
    const asInFile = ({ name, declared }: Node) => ({
      ...declared,
      aliases: [name, ...(declared.aliases ?? [])].flatMap((one) => [one, this.state.spelled(one)]),
    });
    return {
      ...graph,
      nodes: graph.nodes.map((node): Node => ({ ...node, declared: asInFile(node) })),
    };
  }

  /**
   * @param space sizes of the volume, `[z, y, x]`
   * @param open whether the network takes others, too
   */
  input(channels: number, space: Sizes, open: boolean): NodeId {
    const declared = this.declared('Input', [...space, channels]);
    return this.graph.input('input', [...space, channels], {
      ...declared,
      ...(open && { open }),
    });
  }

  /** Options of the module `path`, where the network was pickled whole. */
  said(path: string): Settings {
    return new Settings(this.modules.get(path));
  }

  /** Whether the network was pickled whole. */
  get isWhole(): boolean {
    return this.modules.size > 0;
  }

  /** Names of the modules inside that module, in their order. */
  childrenAt(path: string): readonly string[] | undefined {
    const found = this.modules.get(path);
    return found && children(found).map(([name]) => name);
  }

  /** Class of that module, without its package. */
  classAt(path: string): string | undefined {
    const found = this.modules.get(path);
    return found && classOf(found);
  }

  nameOf(x: NodeId): string {
    return this.graph.nodeOf(x).name;
  }

  shapeOf(x: NodeId): Sizes {
    return this.graph.shapeOf(x);
  }

  spaceOf(x: NodeId): Sizes {
    return this.shapeOf(x).slice(0, -1);
  }

  channelsOf(x: NodeId): number {
    return this.shapeOf(x).at(-1) ?? 1;
  }

  /** @throws Indivisible where a side of the input is no multiple of what the network halves it by */
  requireMultiples(x: NodeId, multiples: Sizes): void {
    const space = this.spaceOf(x);
    if (space.some((n, axis) => n % multiples[axis] !== 0)) throw new Indivisible(multiples);
  }

  refuse(what: string, accepted: string): AppError {
    return new AppError('unsupported', `${this.file}: ${what}; accepted: ${accepted}`);
  }

  identity(path: string, x: NodeId, kind = 'Identity'): NodeId {
    return this.add('identity', {}, {}, [x], path, kind);
  }

  /**
   * Says that the module `path` ends with the value `x`, which takes its name; the one before stays known. An empty
   * module hands its input through.
   */
  end(path: string, x: NodeId, kind: string): NodeId {
    const { name, declared } = this.graph.nodeOf(x);
    if (name === path) return x;
    if (!name.startsWith(`${path}.`) && !name.startsWith(`${path} (`))
      return this.identity(path, x, kind);
    const aliases = [...(declared.aliases ?? []), ...(name.includes(' (') ? [] : [name])];
    this.graph.rename(x, this.graph.unique(path), { ...declared, kind, aliases });
    return x;
  }

  /** Says what the channels of an output are, where they are not classes of which one holds at a voxel. */
  declareOutput(x: NodeId, as: 'independent' | 'embedding'): NodeId {
    const { name, declared } = this.graph.nodeOf(x);
    this.graph.rename(x, name, { ...declared, [as]: true });
    return x;
  }

  /** Any operator as the node of the module `path`. */
  add<K extends OpId>(
    op: K,
    attributes: Attributes<K>,
    weights: Weights<K>,
    inputs: readonly NodeId[],
    path: string,
    kind: string,
    partOf?: string,
  ): NodeId {
    const name = this.graph.unique(path);
    const options = { name, inputs, declared: { kind }, ...(partOf !== undefined && { partOf }) };
    const id = this.graph.add(op, attributes, weights, options);
    if (partOf === undefined) this.graph.rename(id, name, this.declared(kind, this.shapeOf(id)));
    return id;
  }

  /** As PyTorch has it, channels first. */
  private declared(kind: string, inside: Sizes): Declared {
    if (inside.length < 2) return { kind, shape: inside, layout: 'channels-last' };
    const shape = [inside[inside.length - 1], ...inside.slice(0, -1)];
    return { kind, shape, layout: 'channels-first' };
  }
}
