import type { Attributes, OpId, Pads, Sizes, Weights } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { both, type PadMode, type PerAxis, perAxis, type PoolOptions } from './options.ts';
import { WeightedLayers } from './weighted.ts';

/**
 * Adds the layers of a PyTorch network to a graph, by the names of their modules: weights are those of the state dict
 * under the module's path, and so is the name of the node. Values are channels last inside, batch norms have the
 * statistics that are stored (evaluation mode).
 */
export class Layers extends WeightedLayers {
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

  /** Adaptive pooling to `sizes`; windows overlap along axes that these do not divide. */
  adaptivePool(path: string, x: NodeId, sizes: PerAxis, kind: 'mean' | 'max'): NodeId {
    const space = this.spaceOf(x);
    const goal = perAxis(sizes, space.length);
    const known = goal.every((size) => Number.isInteger(size) && size >= 1 && size <= MOST_WINDOWS);
    if (!known || goal.length !== space.length)
      throw this.refuse(
        `${path} pools [${space}] to [${goal}]`,
        `sizes from 1 to ${MOST_WINDOWS}, one for each axis`,
      );
    const window = space.map((size, axis) => size / goal[axis]);
    if (window.every(Number.isInteger))
      return kind === 'max'
        ? this.maxPool(path, x, { window })
        : this.averagePool(path, x, { window });
    const pooled = goal.reduce((y, size, axis) => this.pooledAlong(path, y, axis, size, kind), x);
    return this.identity(path, pooled, kind === 'max' ? 'MaxPool' : 'AvgPool');
  }

  /** To `count` windows along one axis, the `i`-th from `floor(i n / count)` up to `ceil((i + 1) n / count)`. */
  private pooledAlong(
    path: string,
    x: NodeId,
    axis: number,
    count: number,
    reduction: 'mean' | 'max',
  ): NodeId {
    const shape = this.shapeOf(x);
    const n = shape[axis];
    if (n === count) return x;
    const windows = Array.from({ length: count }, (_, i) => {
      const from = Math.floor((i * n) / count);
      const size = Math.ceil(((i + 1) * n) / count) - from;
      const cut = {
        begin: shape.map((_, one) => (one === axis ? from : 0)),
        size: shape.map((all, one) => (one === axis ? size : all)),
        steps: shape.map(() => 1),
      };
      const part = this.add('slice', cut, {}, [x], path, 'slice', path);
      const how = { reduction, axes: [axis], keepDims: true };
      return this.add('reduce', how, {}, [part], path, 'reduce', path);
    });
    return this.add('concat', { axis }, {}, windows, path, 'cat', path);
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

  /** Numbers that depend on no input. */
  values(path: string, shape: Sizes, numbers: () => Float32Array): NodeId {
    const value = this.constant(path, shape, numbers, false);
    return this.add('constant', {}, { value }, [], path, 'Constant');
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
}

/** Along one axis, of an adaptive pooling. */
const MOST_WINDOWS = 64;

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
