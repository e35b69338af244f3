import type { Activation, Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { activationOf } from '../activations.ts';
import { both, type ConvOptions, perAxis, type TransposedOptions } from './options.ts';
import { StoredWeights } from './weights.ts';

/** Layers with weights: convolutions, norms, activations that are learned. */
export class WeightedLayers extends StoredWeights {
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

  /** Sizes of the window of a kernel; as many as the value has spatial axes. */
  private window(path: string, dims: readonly number[], x: NodeId): Sizes {
    const space = this.spaceOf(x);
    if (dims.length - 2 === space.length && space.length > 0) return dims.slice(2);
    throw this.refuse(
      `${path} has a kernel of [${dims}] for a value of [${this.shapeOf(x)}]`,
      'kernels with as many axes as the value has in space',
    );
  }
}
