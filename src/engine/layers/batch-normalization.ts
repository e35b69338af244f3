import { tf, tfl } from '../tf.ts';

interface BatchNormalization {
  /** Keras writes a list of one into `model.json`. */
  readonly axis: number | readonly [number];
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[];
}

let installed = false;

/**
 * Lets tfjs's BatchNormalization take `[batch, z, y, x, channels]`: every channel is normalised alike, so
 * the two slowest spatial axes can be one. Idempotent.
 */
export function installBatchNormalization3D(): void {
  if (installed) return;
  installed = true;
  const prototype = Object.getPrototypeOf(tfl.layers.batchNormalization()) as BatchNormalization;
  const stockCall = prototype.call;
  prototype.call = function callIn3D(this: BatchNormalization, inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const axis = Number(this.axis);
    if (x.rank !== 5 || (axis !== -1 && axis !== 4)) {
      return stockCall.call(this, inputs, kwargs);
    }
    const [batch, z, y, width, channels] = x.shape;
    return tf.tidy(() => {
      const flat = tf.reshape(x, [batch * z * y * width, channels]);
      // The layer looks at its own axis, which is the last one here too.
      const layer = Object.create(this, { axis: { value: 1 } }) as BatchNormalization;
      return tf.reshape(stockCall.call(layer, flat, kwargs) as tf.Tensor, x.shape);
    });
  };
}
