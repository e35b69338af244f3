import { tf, tfl } from '../tf.ts';

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
    return tf.tidy(() => {
      const pooled = this.pool(x, [x.shape[1], x.shape[2], x.shape[3]]);
      return this.keepDims ? pooled : tf.reshape(pooled, [x.shape[0], x.shape[4]]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), keepdims: this.keepDims };
  }

  /** Pools with one window that covers the volume. */
  protected abstract pool(x: tf.Tensor5D, window: [number, number, number]): tf.Tensor;
}

/** Keras' `GlobalAveragePooling3D`, which tfjs lacks. */
export class GlobalAveragePooling3D extends GlobalPooling3D {
  static readonly className = 'GlobalAveragePooling3D';
  protected override pool(x: tf.Tensor5D, window: [number, number, number]): tf.Tensor {
    return tf.avgPool3d(x, window, window, 'valid');
  }
}

/** Keras' `GlobalMaxPooling3D`, which tfjs lacks; its gradient goes to one voxel of each channel. */
export class GlobalMaxPooling3D extends GlobalPooling3D {
  static readonly className = 'GlobalMaxPooling3D';
  protected override pool(x: tf.Tensor5D, window: [number, number, number]): tf.Tensor {
    return tf.maxPool3d(x, window, window, 'valid');
  }
}
