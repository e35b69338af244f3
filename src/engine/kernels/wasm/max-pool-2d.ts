import { tf } from '../../tf.ts';
import { maxPoolGrad } from './max-pool-grad.ts';

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

let registered = false;

/**
 * Replaces the 2D max-pooling gradient of tfjs's wasm backend (4.22): it gives the gradient of a window
 * without a positive element, common after a ReLU, to the first pixel of the whole tensor. (The 3D one
 * is replaced among the fast kernels.)
 */
export function registerPoolingGradient(): void {
  if (registered) return;
  registered = true;
  tf.unregisterKernel(tf.MaxPoolGrad, 'wasm');
  tf.registerKernel({
    kernelName: tf.MaxPoolGrad,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as WasmBackend;
      const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
      const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
        filterSize: number | [number, number];
        strides: number | [number, number];
        pad: 'valid' | 'same' | number;
        dimRoundingMode?: 'floor' | 'round' | 'ceil';
      };
      const shape = input.shape as [number, number, number, number];
      const { computePool2DInfo } = tf.backend_util;
      const info = computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const dx = wasm.makeOutput(input.shape, 'float32');
      const data = wasm.typedArrayFromHeap(dx);
      data.fill(0);
      maxPoolGrad(wasm.typedArrayFromHeap(input), wasm.typedArrayFromHeap(dy), data, {
        batch: info.batchSize,
        channels: info.inChannels,
        input: [info.inHeight, info.inWidth],
        output: [info.outHeight, info.outWidth],
        window: [info.filterHeight, info.filterWidth],
        stride: [info.strideHeight, info.strideWidth],
        pad: [info.padInfo.top, info.padInfo.left],
      });
      return dx;
    },
  });
}
