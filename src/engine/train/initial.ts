import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';

/** Glorot & Bengio 2010 for a kernel `[…window, in, out]`, drawn as Keras' `glorot_uniform` in TensorFlow.js draws. */
export function glorotUniform(shape: Shape, seed: number): Float32Array {
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const [inner, outer] = shape.slice(-2);
  const scale = 1 / Math.max(1, ((inner + outer) * window) / 2);
  const limit = Math.sqrt(3 * scale);
  return drawn(tf.randomUniform([...shape], -limit, limit, 'float32', seed));
}

/** He et al. 2015, a truncated normal of variance `2 / inputs`. */
export function heNormal(shape: Shape, seed: number): Float32Array {
  const inputs = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return drawn(tf.truncatedNormal([...shape], 0, Math.sqrt(2 / inputs), 'float32', seed));
}

function drawn(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values.slice();
}
