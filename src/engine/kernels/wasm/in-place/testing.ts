import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, expect } from 'vitest';
import { tf } from '../../../tf.ts';
import { registerFastKernels } from '../../index.ts';
import { BOUND, difference, results } from '../../../../testing/tensors.ts';

/** Registers the kernels for a test file, and counts its tensors at the end. */
export function withWasmKernels(): void {
  beforeAll(async () => {
    await registerFastKernels('cpu');
    await tf.setBackend('wasm');
    await registerFastKernels('wasm');
  });
  afterAll(() => expect(tf.memory().numTensors).toBe(0));
}

/** The same on the `cpu` twin and on `wasm`; `exact` where nothing is computed. */
export async function compare(make: () => tf.Tensor[], name: string, exact = false): Promise<void> {
  const expected = await results('cpu', make);
  const own = await results('wasm', make);
  expect(own.length).toBe(expected.length);
  for (const [i, values] of own.entries()) {
    if (exact) expect(difference(values, expected[i]), name).toBe(0);
    else expect(difference(values, expected[i]), name).toBeLessThan(BOUND);
  }
}
