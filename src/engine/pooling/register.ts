import { tf } from '../tf.ts';
import { maxPoolGrad, type PoolShape } from './max-pool-grad.ts';

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

interface PoolAttrs {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

let registered = false;

/**
 * Replaces the max-pooling gradients of tfjs's wasm backend (4.22): those give the gradient of a window
 * without a positive element, common after a ReLU, to the first voxel of the whole tensor.
 */
export function registerPoolingGradients(): void {
  if (registered) return;
  registered = true;
  replace(tf.MaxPool3DGrad, (x, attrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    return tf.backend_util.computePool3DInfo(
      x.shape as [number, number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
  });
  replace(tf.MaxPoolGrad, (x, attrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
      filterSize: number | [number, number];
      strides: number | [number, number];
    } & PoolAttrs;
    const info = tf.backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    // An image is a volume of one section.
    return {
      ...info,
      inDepth: 1,
      outDepth: 1,
      strideDepth: 1,
      dilationDepth: 1,
      filterDepth: 1,
      padInfo: { ...info.padInfo, front: 0 },
    };
  });
}

type Info = Omit<tf.backend_util.Conv3DInfo, 'padInfo' | 'inShape' | 'outShape' | 'filterShape'> & {
  padInfo: { front: number; top: number; left: number };
};

function replace(
  kernelName: string,
  geometry: (x: tf.TensorInfo, attrs: PoolAttrs) => Pick<Info, GeometryKey>,
): void {
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
      const { makeOutput, typedArrayFromHeap } = backend as WasmBackend;
      const dx = makeOutput.call(backend, input.shape, 'float32');
      const heap = (info: tf.TensorInfo) => typedArrayFromHeap.call(backend, info);
      const data = heap(dx);
      data.fill(0);
      const info = geometry(input, attrs as unknown as PoolAttrs);
      maxPoolGrad(heap(input), heap(dy), data, toShape(info));
      return dx;
    },
  });
}

type GeometryKey =
  | 'batchSize'
  | 'inChannels'
  | 'inDepth'
  | 'inHeight'
  | 'inWidth'
  | 'outDepth'
  | 'outHeight'
  | 'outWidth'
  | 'strideDepth'
  | 'strideHeight'
  | 'strideWidth'
  | 'dilationDepth'
  | 'dilationHeight'
  | 'dilationWidth'
  | 'filterDepth'
  | 'filterHeight'
  | 'filterWidth'
  | 'padInfo';

function toShape(info: Pick<Info, GeometryKey>): PoolShape {
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    window: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    pad: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}
