import { badInput } from '../../core/errors.ts';
import { tf, tfl } from '../tf.ts';

interface GroupNormalizationArgs {
  readonly groups?: number;
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly name?: string;
}

/**
 * Keras' `GroupNormalization` over the last axis (Wu & He 2018), which tfjs lacks: mean and variance over all
 * voxels and the channels of one group. `groups: -1` makes every channel its own group.
 */
export class GroupNormalization extends tfl.layers.Layer {
  static readonly className = 'GroupNormalization';
  private readonly groups: number;
  private readonly epsilon: number;
  private readonly center: boolean;
  private readonly scale: boolean;
  private gamma: tfl.LayerVariable | undefined;
  private beta: tfl.LayerVariable | undefined;

  constructor(args: GroupNormalizationArgs = {}) {
    super(args);
    this.groups = args.groups ?? 32;
    this.epsilon = args.epsilon ?? 1e-3;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = (inputShape as tfl.Shape).at(-1) as number;
    const groups = this.groups === -1 ? channels : this.groups;
    if (channels % groups !== 0) {
      throw badInput(`${this.name}: ${channels} channels do not divide into ${groups} groups`);
    }
    const weight = (name: string, start: ReturnType<typeof tfl.initializers.ones>) =>
      this.addWeight(name, [channels], 'float32', start);
    if (this.scale) this.gamma = weight('gamma', tfl.initializers.ones());
    if (this.center) this.beta = weight('beta', tfl.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const channels = x.shape[x.rank - 1];
    const groups = this.groups === -1 ? channels : this.groups;
    return tf.tidy(() => {
      const grouped = tf.reshape(x, [x.shape[0], -1, groups, channels / groups]);
      const mean = tf.mean(grouped, [1, 3], true);
      const centred = tf.sub(grouped, mean);
      const variance = tf.mean(tf.square(centred), [1, 3], true);
      const normal = tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, this.epsilon))), [
        -1,
        channels,
      ]);
      const scaled = this.gamma ? tf.mul(normal, this.gamma.read()) : normal;
      const shifted = this.beta ? tf.add(scaled, this.beta.read()) : scaled;
      return tf.reshape(shifted, x.shape);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { groups, epsilon, center, scale } = this;
    return { ...super.getConfig(), groups, epsilon, center, scale };
  }
}
