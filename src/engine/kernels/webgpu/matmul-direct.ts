import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { product } from '../geometry.ts';
import { convolve, type Mode } from './conv.ts';
import { packFilter } from './pack.ts';

/**
 * `relu?(a b + bias)` of single matrices by the direct convolution with one tap; undefined where the bias
 * is not one value per column. tfjs's own products take workgroup memory or atomic additions, which a
 * driver that computes on the processor runs 10 to 50 times slower.
 */
export function directMatMul(
  backend: WebGPUBackend,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  relu: boolean,
  attrs: unknown,
  mode: Mode,
): TensorInfo | undefined {
  const { transposeA = false, transposeB = false } = attrs as Record<
    'transposeA' | 'transposeB',
    boolean | undefined
  >;
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [depth, n] = transposeB ? [b1, b0] : [b0, b1];
  util.assert(k === depth, () => `matMul: inner sizes ${k} and ${depth} differ`);
  if (bias && util.sizeFromShape(bias.shape) !== n) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const shape = [...outer, m, n];
  if (transposeB && m < n && !bias && !relu) {
    // (b a')' moves the small operands instead of the large one.
    const options = { ...mode, transposed: !transposeA };
    const flipped = convolve(backend, product(n, k, m), b, a, undefined, [n, m], options);
    const out = transpose(backend, flipped, m, n);
    backend.disposeData(flipped.dataId);
    return { ...out, shape };
  }
  const left = transposeA ? transpose(backend, a, m, k) : a;
  const options = { ...mode, relu, transposed: transposeB };
  const out = convolve(backend, product(m, k, n), left, b, bias, shape, options);
  if (left !== a) backend.disposeData(left.dataId);
  return out;
}

/** `[columns, rows]` as `[rows, columns]`. */
function transpose(
  backend: WebGPUBackend,
  matrix: TensorInfo,
  rows: number,
  columns: number,
): TensorInfo {
  const size = { taps: 1, rows, columns, padded: columns, transposed: true };
  return packFilter(backend, matrix, size);
}
