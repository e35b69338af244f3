import { AppError, badFile } from '../../../core/errors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Activation, Attributes, OpId, Pads, Sizes, Weights } from '../../graph/operators.ts';
import type { ConstantId, Declared, Graph, Node, NodeId } from '../../graph/types.ts';
import { channelsBehind } from '../kernels.ts';
import { Settings } from '../settings.ts';
import { activationOf } from './activations.ts';
import { children, classOf } from './module.ts';
import type { Inert } from './pickle.ts';
import type { State } from './state.ts';

/** A number for all spatial axes, or one for each. */
export type PerAxis = number | Sizes;

/** The network takes sides that are multiples of these, and was given others. */
export class Indivisible extends Error {
  constructor(readonly multiples: Sizes) {
    super(`sides that are multiples of [${multiples}]`);
  }
}

export interface ConvOptions {
  readonly stride?: PerAxis;
  /** Zeros on both sides of each axis; half the window by default. */
  readonly padding?: PerAxis;
  /** Zeros in front of and behind each axis, in place of `padding`. */
  readonly pads?: Pads;
  readonly dilation?: PerAxis;
  readonly groups?: number;
}

export interface TransposedOptions extends ConvOptions {
  readonly outputPadding?: PerAxis;
}

export interface PoolOptions {
  readonly window: PerAxis;
  readonly stride?: PerAxis;
  readonly dilation?: PerAxis;
  readonly padding?: PerAxis;
  /** In front of and behind each axis, in place of `padding`. */
  readonly pads?: Pads;
}

/** What voxels that are added around a value hold. */
export type PadMode = Attributes<'pad'>['mode'];

/**
 * Adds the layers of a PyTorch network to a graph, by the names of their modules: weights are those of the state dict
 * under the module's path, and so is the name of the node. Values are channels last inside, batch norms have the
 * statistics that are stored (evaluation mode).
 */
export class Layers {
  private readonly graph: GraphBuilder;
  private readonly constants = new Map<string, ConstantId>();

  constructor(
    private readonly file: string,
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

  /** Shape of a weight that has to be there. */
  dims(name: string): readonly number[] {
    const dims = this.state.dims(name);
    if (dims) return dims;
    throw badFile(this.file, `it has no weight ${name}`, 'the whole state dict of the network');
  }

  /** A window with zeros around: `conv` of any rank, by its weight. */
  conv(path: string, x: NodeId, options: ConvOptions = {}): NodeId {
    const dims = this.dims(`${path}.weight`);
    const window = this.window(path, dims, x);
    const dilations = perAxis(options.dilation ?? 1, window.length);
    const half = window.map((size, axis) => Math.floor(((size - 1) * dilations[axis]) / 2));
    const attributes = {
      strides: perAxis(options.stride ?? 1, window.length),
      dilations,
      pads: options.pads ?? both(perAxis(options.padding ?? half, window.length)),
      // The kernel says into how many groups it cuts the channels.
      groups: options.groups ?? Math.max(1, Math.floor(this.channelsOf(x) / dims[1])),
    };
    const weights = {
      kernel: this.kernel(`${path}.weight`),
      ...this.optional('bias', `${path}.bias`),
    };
    return this.add('conv', attributes, weights, [x], path, `Conv${window.length}d`);
  }

  convTranspose(path: string, x: NodeId, options: TransposedOptions): NodeId {
    const window = this.window(path, this.dims(`${path}.weight`), x);
    const n = window.length;
    const padding = perAxis(options.padding ?? 0, n);
    const extra = perAxis(options.outputPadding ?? 0, n);
    const attributes = {
      strides: perAxis(options.stride ?? 1, n),
      dilations: perAxis(options.dilation ?? 1, n),
      pads: padding.map((p, axis) => [p, p - extra[axis]] as const),
      groups: options.groups ?? 1,
    };
    const weights = {
      kernel: this.kernel(`${path}.weight`),
      ...this.optional('bias', `${path}.bias`),
    };
    return this.add('convTranspose', attributes, weights, [x], path, `ConvTranspose${n}d`);
  }

  linear(path: string, x: NodeId): NodeId {
    const weights = {
      kernel: this.kernel(`${path}.weight`),
      ...this.optional('bias', `${path}.bias`),
    };
    return this.add('dense', {}, weights, [x], path, 'Linear');
  }

  /** Each channel times its number of a weight. */
  scaled(path: string, x: NodeId, weight: string): NodeId {
    return this.add('scaleShift', {}, { scale: this.plain(weight) }, [x], path, 'Scale');
  }

  /** With stored statistics: batch norm, and instance norm that keeps them. */
  batchNorm(path: string, x: NodeId, epsilon = 1e-5): NodeId {
    const channels = this.dims(`${path}.running_var`)[0];
    const read = (name: string) => this.numbers(`${path}.${name}`, channels);
    const [mean, variance] = [read('running_mean'), read('running_var')];
    const affine = this.state.has(`${path}.weight`);
    const [gamma, beta] = affine ? [read('weight'), read('bias')] : [undefined, undefined];
    const scales = () => {
      const by = gamma?.();
      return variance().map((v, c) => (by ? by[c] : 1) / Math.sqrt(v + epsilon));
    };
    const shifts = () => {
      const [by, centre, offset] = [scales(), mean(), beta?.()];
      return by.map((s, c) => (offset ? offset[c] : 0) - centre[c] * s);
    };
    const scale = this.constant(`${path}.scale`, [channels], scales);
    const shift = this.constant(`${path}.shift`, [channels], shifts);
    return this.add('scaleShift', {}, { scale, shift }, [x], path, 'BatchNorm');
  }

  instanceNorm(path: string, x: NodeId, epsilon = 1e-5): NodeId {
    const axes = this.spaceOf(x).map((_, axis) => axis);
    return this.add(
      'normalization',
      { axes, groups: 1, epsilon },
      this.affine(path),
      [x],
      path,
      'InstanceNorm',
    );
  }

  groupNorm(path: string, x: NodeId, groups: number, epsilon = 1e-5): NodeId {
    const channels = this.channelsOf(x);
    if (!(groups >= 1) || channels % groups !== 0)
      throw this.refuse(
        `${path} cuts ${channels} channels into ${groups} groups`,
        'a divisor of the channels',
      );
    if (groups === channels) return this.instanceNorm(path, x, epsilon);
    const axes = this.shapeOf(x).map((_, axis) => axis);
    return this.add(
      'normalization',
      { axes, groups, epsilon },
      this.affine(path),
      [x],
      path,
      'GroupNorm',
    );
  }

  /** Over the channels of each voxel, as a layer norm of values with the channels last. */
  channelNorm(path: string, x: NodeId, epsilon = 1e-5): NodeId {
    const axes = [this.shapeOf(x).length - 1];
    const attributes = { axes, groups: 1, epsilon };
    return this.add('normalization', attributes, this.affine(path), [x], path, 'LayerNorm');
  }

  /** Over the last axes of the file's layout; only where these are the channels of a vector. */
  layerNorm(path: string, x: NodeId, epsilon = 1e-5): NodeId {
    const shape = this.shapeOf(x);
    if (shape.length !== 1)
      throw this.refuse(`${path} is a layer norm over space`, 'layer norms of vectors');
    return this.add(
      'normalization',
      { axes: [0], groups: 1, epsilon },
      this.affine(path),
      [x],
      path,
      'LayerNorm',
    );
  }

  /**
   * Batch norm where there are statistics, else instance norm, or group norm where `groups` says so; a network that was
   * pickled whole says itself.
   */
  norm(path: string, x: NodeId, epsilon = 1e-5, groups?: number): NodeId {
    const own = this.said(path);
    if (this.classAt(path) === 'Identity') return this.identity(path, x);
    const eps = own.at('eps').number() ?? epsilon;
    if (this.state.has(`${path}.running_var`)) return this.batchNorm(path, x, eps);
    const cut = own.at('num_groups').number() ?? groups;
    return cut === undefined ? this.instanceNorm(path, x, eps) : this.groupNorm(path, x, cut, eps);
  }

  /** The file's PReLU or what it says of the module, else `otherwise`. */
  activation(path: string, x: NodeId, otherwise: Activation): NodeId {
    if (this.state.has(`${path}.weight`)) return this.prelu(path, x);
    const type = this.classAt(path);
    if (type === 'Identity') return this.identity(path, x);
    const own = this.said(path);
    const said =
      type &&
      activationOf(
        type,
        (key, missing) => own.at(key).number() ?? missing,
        (key) => own.at(key).text(),
      );
    const activation = said || otherwise;
    return this.add('activation', activation, {}, [x], path, activation.kind);
  }

  prelu(path: string, x: NodeId): NodeId {
    const slope = this.plain(`${path}.weight`);
    return this.add('prelu', {}, { slope }, [x], path, 'PReLU');
  }

  softmax(path: string, x: NodeId, log = false): NodeId {
    const axis = this.shapeOf(x).length - 1;
    return this.add('softmax', { axis, log }, {}, [x], path, log ? 'LogSoftmax' : 'Softmax');
  }

  maxPool(path: string, x: NodeId, options: PoolOptions): NodeId {
    return this.add('maxPool', this.pool(x, options), {}, [x], path, 'MaxPool');
  }

  /** @param counted the part of the padding whose zeros count in the mean; all of it by default */
  averagePool(path: string, x: NodeId, options: PoolOptions, counted?: Pads): NodeId {
    const pool = this.pool(x, options);
    const countedPads = counted ?? pool.pads;
    return this.add('averagePool', { ...pool, countedPads }, {}, [x], path, 'AvgPool');
  }

  /** Adaptive pooling to `sizes`, which divide the input's. */
  adaptivePool(path: string, x: NodeId, sizes: PerAxis, kind: 'mean' | 'max'): NodeId {
    const space = this.spaceOf(x);
    const goal = perAxis(sizes, space.length);
    const window = space.map((size, axis) => size / goal[axis]);
    if (!window.every(Number.isInteger))
      throw this.refuse(
        `${path} pools [${space}] to [${goal}]`,
        'sizes that are multiples of these',
      );
    return kind === 'max'
      ? this.maxPool(path, x, { window })
      : this.averagePool(path, x, { window });
  }

  /** By a factor, half-pixel centres. */
  upsample(
    path: string,
    x: NodeId,
    factor: PerAxis,
    mode: 'nearest' | 'linear',
    alignCorners = false,
  ): NodeId {
    const space = this.spaceOf(x);
    const scales = perAxis(factor, space.length);
    return this.resize(
      path,
      x,
      space.map((size, axis) => Math.floor(size * scales[axis])),
      mode,
      alignCorners,
    );
  }

  resize(
    path: string,
    x: NodeId,
    sizes: Sizes,
    mode: 'nearest' | 'linear',
    alignCorners = false,
  ): NodeId {
    const space = this.spaceOf(x);
    const attributes = {
      sizes,
      scales: sizes.map((size, axis) => size / space[axis]),
      mode,
      coordinates:
        mode === 'nearest'
          ? ('asymmetric' as const)
          : alignCorners
            ? ('align-corners' as const)
            : ('half-pixel' as const),
      rounding: 'floor' as const,
    };
    return this.add('resize', attributes, {}, [x], path, 'Upsample');
  }

  concat(path: string, parts: readonly NodeId[]): NodeId {
    const axis = this.shapeOf(parts[0]).length - 1;
    return this.add('concat', { axis }, {}, parts, path, 'cat');
  }

  sum(path: string, parts: readonly NodeId[]): NodeId {
    return this.add('arithmetic', { kind: 'add' }, {}, parts, path, 'add');
  }

  /** Every `step`-th voxel of each axis. */
  every(path: string, x: NodeId, step: PerAxis): NodeId {
    const shape = this.shapeOf(x);
    const steps = [...perAxis(step, shape.length - 1), 1];
    const size = shape.map((n, axis) => Math.ceil(n / steps[axis]));
    const begin = shape.map(() => 0);
    return this.add('slice', { begin, size, steps }, {}, [x], path, 'AvgPool');
  }

  /** Zeros behind each axis, the channels last. */
  padBehind(path: string, x: NodeId, counts: Sizes): NodeId {
    const pads = counts.map((n) => [0, n] as const);
    return this.pad(path, x, pads);
  }

  /** In front of and behind each axis, the channels last. */
  pad(path: string, x: NodeId, pads: Pads, mode: PadMode = 'constant', value = 0): NodeId {
    return this.add('pad', { pads, mode, value }, {}, [x], path, 'pad');
  }

  /** Numbers that depend on no input. */
  values(path: string, shape: Sizes, numbers: () => Float32Array): NodeId {
    const value = this.constant(path, shape, numbers, false);
    return this.add('constant', {}, { value }, [], path, 'Constant');
  }

  /** `min(x, least)` raised to a power, or any function of one number. */
  power(path: string, x: NodeId, exponent: number): NodeId {
    const by = this.values(`${path} (exponent)`, [1], () => Float32Array.of(exponent));
    return this.add('arithmetic', { kind: 'power' }, {}, [x, by], path, 'pow');
  }

  unitLength(path: string, x: NodeId): NodeId {
    const axes = [this.shapeOf(x).length - 1];
    return this.add('unitLength', { axes, epsilon: 1e-12 }, {}, [x], path, 'normalize');
  }

  /** Behind the channels: where a voxel lies along the last axis, the one before it, …, from -1 to 1. */
  coordinates(path: string, x: NodeId): NodeId {
    const space = this.spaceOf(x);
    const shape = [...space, space.length];
    const where = this.values(`${path} (positions)`, shape, () => positions(space));
    return this.concat(path, [x, where]);
  }

  /** A vector in the order of PyTorch, channels first. */
  flatten(path: string, x: NodeId): NodeId {
    const shape = this.shapeOf(x);
    if (shape.length === 1) return this.add('identity', {}, {}, [x], path, 'Flatten');
    const last = shape.length - 1;
    const permutation = [last, ...shape.slice(0, -1).map((_, axis) => axis)];
    const turned = this.add(
      'transpose',
      { permutation },
      {},
      [x],
      `${path} (channels first)`,
      'Flatten',
      path,
    );
    const size = shape.reduce((a, b) => a * b, 1);
    return this.add('reshape', { shape: [size] }, {}, [turned], path, 'Flatten');
  }

  /** Means or maxima over space, one per channel. */
  global(path: string, x: NodeId, kind: 'mean' | 'max'): NodeId {
    const axes = this.spaceOf(x).map((_, axis) => axis);
    return this.add(
      'reduce',
      { reduction: kind, axes, keepDims: false },
      {},
      [x],
      path,
      `Global${kind}`,
    );
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

  /**
   * Channels to voxels: `factor` along each axis, those of one place beside each other in the channels, the first axis
   * outermost (`torch.nn.PixelShuffle`).
   */
  pixelShuffle(path: string, x: NodeId, factor: Sizes): NodeId {
    const space = this.spaceOf(x);
    const n = space.length;
    const channels = this.channelsOf(x) / factor.reduce((a, b) => a * b, 1);
    const op = <K extends OpId>(kind: K, attributes: Attributes<K>, from: NodeId) =>
      this.add(kind, attributes, {} as Weights<K>, [from], path, 'PixelShuffle', path);
    const cut = op('reshape', { shape: [...space, channels, ...factor] }, x);
    const pairs = space.flatMap((_, axis) => [axis, n + 1 + axis]);
    const turned = op('transpose', { permutation: [...pairs, n] }, cut);
    const sizes = space.map((size, axis) => size * factor[axis]);
    const shape = [...sizes, channels];
    return this.add('reshape', { shape }, {}, [turned], path, 'PixelShuffle');
  }

  /** Says that the channels of an output each have a sigmoid of their own. */
  independent(x: NodeId): NodeId {
    const { name, declared } = this.graph.nodeOf(x);
    this.graph.rename(x, name, { ...declared, independent: true });
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

  private constant(
    name: string,
    shape: Sizes,
    values: () => Float32Array,
    stored = true,
  ): ConstantId {
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    const id = this.graph.constant(name, shape, values, stored);
    this.constants.set(name, id);
    return id;
  }

  private kernel(name: string): ConstantId {
    const [a, b, ...window] = this.dims(name);
    const numbers = this.numbers(name);
    return this.constant(name, [...window, b, a], () =>
      channelsBehind(numbers(), [a, b, ...window]),
    );
  }

  private plain(name: string): ConstantId {
    return this.constant(name, this.dims(name), this.numbers(name));
  }

  private optional<W extends string>(weight: W, name: string): { readonly [K in W]?: ConstantId } {
    return (this.state.has(name) ? { [weight]: this.plain(name) } : {}) as {
      readonly [K in W]?: ConstantId;
    };
  }

  private affine(path: string) {
    return {
      ...this.optional('scale', `${path}.weight`),
      ...this.optional('shift', `${path}.bias`),
    };
  }

  private numbers(name: string, count?: number): () => Float32Array {
    const dims = this.dims(name);
    const tensor = this.state.tensors.get(name)!;
    if (count !== undefined && dims.reduce((a, b) => a * b, 1) !== count)
      throw badFile(
        this.file,
        `its weight ${name} has shape [${dims}], not [${count}]`,
        'the whole state dict of the network',
      );
    return () => tensor.numbers();
  }

  /** Sizes of the window of a kernel; as many as the value has spatial axes. */
  private window(path: string, dims: readonly number[], x: NodeId): Sizes {
    const space = this.spaceOf(x);
    if (dims.length - 2 === space.length && space.length > 0) return dims.slice(2);
    throw this.refuse(
      `${path} has a kernel of [${dims}] for a value of [${this.shapeOf(x)}]`,
      'kernels with as many axes as the value has in space',
    );
  }

  private pool(x: NodeId, { window, stride, dilation, padding, pads }: PoolOptions) {
    const n = this.spaceOf(x).length;
    const sizes = perAxis(window, n);
    return {
      window: sizes,
      strides: perAxis(stride ?? sizes, n),
      dilations: perAxis(dilation ?? 1, n),
      pads: pads ?? both(perAxis(padding ?? 0, n)),
    };
  }
}

export const perAxis = (value: PerAxis, axes: number): Sizes =>
  typeof value === 'number' ? Array<number>(axes).fill(value) : value;

const both = (padding: Sizes): Pads => padding.map((n) => [n, n] as const);

/** For each voxel its place along each axis, the last axis first, from -1 to 1. */
function positions(space: Sizes): Float32Array {
  const axes = space.length;
  const count = space.reduce((a, b) => a * b, 1);
  const out = new Float32Array(count * axes);
  for (let voxel = 0, rest = 0; voxel < count; voxel++) {
    rest = voxel;
    for (let i = 0; i < axes; i++) {
      const size = space[axes - 1 - i];
      out[voxel * axes + i] = size > 1 ? (2 * (rest % size)) / (size - 1) - 1 : -1;
      rest = Math.floor(rest / size);
    }
  }
  return out;
}
