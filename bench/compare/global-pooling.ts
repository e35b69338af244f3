import { tf } from '../../src/engine/tf.ts';
import { tfl } from './layers.ts';

interface GlobalPoolingArgs {
  readonly keepdims?: boolean;
  readonly name?: string;
}

/** One value per channel of `[batch, z, y, x, channels]`. */
abstract class GlobalPooling3D extends tfl.layers.Layer {
  private readonly keepDims: boolean;

  constructor(args: GlobalPoolingArgs = {}) {
    super(args);
    this.keepDims = args.keepdims ?? false;
  }

  override computeOutputShape(shape: tfl.Shape): tfl.Shape {
    return this.keepDims ? [shape[0], 1, 1, 1, shape[4]] : [shape[0], shape[4]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor5D;
    const [batch, , , , channels] = x.shape;
    const shape = this.keepDims ? [batch, 1, 1, 1, channels] : [batch, channels];
    return tf.tidy(() => tf.reshape(this.pool(x), shape));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), keepdims: this.keepDims };
  }

  protected abstract pool(x: tf.Tensor5D): tf.Tensor;
}

/** Keras' `GlobalAveragePooling3D`, which tfjs lacks. */
export class GlobalAveragePooling3D extends GlobalPooling3D {
  static readonly className = 'GlobalAveragePooling3D';
  // Not `avgPool3d`: its gradient walks through the whole window for every voxel.
  protected override pool(x: tf.Tensor5D): tf.Tensor {
    return tf.mean(tf.reshape(x, [x.shape[0], -1, x.shape[4]]), 1);
  }
}
