import * as tf from '@tensorflow/tfjs-core';

/** Largest difference allowed per unit of the reference's maximum: sums of up to a few thousand terms. */
export const BOUND = 2e-5;

export function random(shape: readonly number[], seed: number): tf.Tensor {
  return tf.randomUniform([...shape], -1, 1, 'float32', seed);
}

/** Largest difference per unit of the reference's maximum; NaN where there is one. */
export function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN stays.
    if (!(Math.abs(actual[i] - expected[i]) <= worst)) worst = Math.abs(actual[i] - expected[i]);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale > 0 ? worst / scale : worst;
}

/** What `make` gives on a backend, which stays the current one. */
export async function results(backend: string, make: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(make);
  const values = await Promise.all(tensors.map((t) => t.data() as Promise<Float32Array>));
  tf.dispose(tensors);
  return values;
}
