import { tf, tfl } from '../tf.ts';

interface UpSampling3DArgs {
  readonly size?: number | [number, number, number];
  readonly name?: string;
}

/** Keras' `UpSampling3D` (channels last), which tfjs lacks: repeats every voxel `size` times per axis. */
export class UpSampling3D extends tfl.layers.Layer {
  static readonly className = 'UpSampling3D';
  private readonly size: readonly [number, number, number];

  constructor(args: UpSampling3DArgs = {}) {
    super(args);
    const { size = 2 } = args;
    this.size = typeof size === 'number' ? [size, size, size] : size;
  }

  override computeOutputShape([batch, z, y, x, channels]: tfl.Shape): tfl.Shape {
    const grown = [z, y, x].map((n, i) => (n === null ? null : n * this.size[i]));
    return [batch, ...grown, channels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => this.size.reduce((grown, size, i) => repeatAxis(grown, i + 1, size), x));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: [...this.size] };
  }
}

function repeatAxis(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  const { shape } = x;
  const product = (sizes: number[]) => sizes.reduce((a, b) => a * b, 1);
  const inner = product(shape.slice(axis + 1));
  const lines = tf.reshape(x, [product(shape.slice(0, axis + 1)), 1, inner]);
  const grown = shape.map((n, i) => (i === axis ? n * times : n));
  return tf.reshape(tf.tile(lines, [1, times, 1]), grown);
}
