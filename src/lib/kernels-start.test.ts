import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { availableParallelism } from 'node:os';
import { expect, it, vi } from 'vitest';
import { kernelThreads, registerKernels } from './kernels.ts';

it('starts the backend in memory that threads share, also where TensorFlow.js would start its own', async () => {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  const warn = vi.spyOn(console, 'warn');
  await registerKernels('wasm');
  expect(await kernelThreads()).toBe(Math.min(availableParallelism(), 8));
  const x = tf.ones<tf.Rank.R5>([1, 4, 4, 4, 1]);
  const filter = tf.ones<tf.Rank.R5>([3, 3, 3, 1, 1]);
  expect(tf.conv3d(x, filter, 1, 'valid').dataSync()).toEqual(new Float32Array(8).fill(27));
  expect(warn).not.toHaveBeenCalled();
});
