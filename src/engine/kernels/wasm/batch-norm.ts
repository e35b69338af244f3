import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Add, FusedBatchNorm, getKernel, Multiply, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Inputs, replaceKernel } from '../replace.ts';

/**
 * Batch normalisation with given statistics as `x * scale + shift` per channel, by tfjs's own SIMD kernels for
 * product and sum; its kernel for the whole divides by a square root at every element and is scalar.
 */
export function registerWasmBatchNorm(): void {
  replaceKernel(FusedBatchNorm, 'wasm', (call, stock) => {
    const { x, mean, variance, offset, scale } = call.inputs as Inputs;
    const channels = x.shape[x.shape.length - 1];
    const vectors = [mean, variance, offset, scale].filter((one) => one !== undefined);
    if (x.dtype !== 'float32' || vectors.some(({ shape }) => shape.join() !== `${channels}`))
      return stock(call);
    const { varianceEpsilon } = call.attrs as { varianceEpsilon: number };
    const backend = call.backend as BackendWasm;
    const floats = (tensor: TensorInfo) => backend.typedArrayFromHeap(tensor) as Float32Array;
    const factor = backend.makeOutput([channels], 'float32');
    const shift = backend.makeOutput([channels], 'float32');
    // Allocating may have moved the heap, so its views are made only now.
    for (let c = 0; c < channels; c++) {
      const gamma = scale ? floats(scale)[c] : 1;
      const by = gamma / Math.sqrt(floats(variance)[c] + varianceEpsilon);
      floats(factor)[c] = by;
      floats(shift)[c] = (offset ? floats(offset)[c] : 0) - floats(mean)[c] * by;
    }
    const elementwise = (kernel: string, a: TensorInfo, b: TensorInfo) =>
      getKernel(kernel, 'wasm').kernelFunc({ inputs: { a, b }, backend, attrs: {} }) as TensorInfo;
    const product = elementwise(Multiply, x, factor);
    const y = elementwise(Add, product, shift);
    for (const { dataId } of [factor, shift, product]) backend.disposeData(dataId);
    return y;
  });
}
