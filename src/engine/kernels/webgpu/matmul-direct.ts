import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { product } from '../geometry.ts';
import type { Product } from '../products.ts';
import { convolve } from './conv.ts';
import type { Form } from './form.ts';
import { packFilter } from './pack.ts';

/**
 * The product by the direct convolution with one tap. tfjs's own products take workgroup memory or atomic
 * additions, which a driver that computes on the processor runs 10 to 50 times slower.
 */
export function directMatMul(
  backend: WebGPUBackend,
  { a, b, bias, relu, m, n, k, transposeA, transposeB, outShape }: Product,
  form: Form,
): TensorInfo {
  if (transposeB && m < n && !bias && !relu) {
    // (b a')' moves the small operands instead of the large one.
    const options = { form, transposed: !transposeA };
    const flipped = convolve(backend, product(n, k, m), b, a, undefined, [n, m], options);
    const out = transpose(backend, flipped, m, n);
    backend.disposeData(flipped.dataId);
    return { ...out, shape: outShape };
  }
  const left = transposeA ? transpose(backend, a, m, k) : a;
  const options = { form, relu, transposed: transposeB };
  const out = convolve(backend, product(m, k, n), left, b, bias, outShape, options);
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
