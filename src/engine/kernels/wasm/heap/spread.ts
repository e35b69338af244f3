import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv3DInfo } from '../../geometry.ts';
import type { Heap } from './heap.ts';

const PARAMETER_BYTES = 128;

/**
 * Input gradient of a convolution from `dy [batch, outD, outH, outW, cout]` and the filter
 * `[kd, kh, kw, cin, cout]`, window by window. Other kernels gather for each voxel of the input, its channels by
 * eights: here few channels waste nothing, and strides skip nothing.
 */
export function spreadGrad(
  heap: Heap,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv3DInfo,
): TensorInfo {
  const { inChannels: cin, outChannels: cout, padInfo: pad } = info;
  const dx = heap.output(info.inShape);
  heap.clear(dx);
  const inBytes = info.inDepth * info.inHeight * info.inWidth * cin * 4;
  const outBytes = info.outDepth * info.outHeight * info.outWidth * cout * 4;
  const geometry = [
    ...[cin, cout],
    ...[info.inDepth, info.inHeight, info.inWidth],
    ...[info.outDepth, info.outHeight, info.outWidth],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[pad.front, pad.top, pad.left],
    ...[info.dilationDepth, info.dilationHeight, info.dilationWidth],
  ];
  heap.lend(PARAMETER_BYTES, (parameters) => {
    const set = (sample: number) => {
      const [from, to] = [heap.at(dy) + sample * outBytes, heap.at(dx) + sample * inBytes];
      heap.words(parameters, 3 + geometry.length).set([from, heap.at(filter), to, ...geometry]);
    };
    set(0);
    heap.lend(heap.run.spreadBytes(parameters), (work) => {
      for (let sample = 0; sample < info.batchSize; sample++) {
        set(sample);
        heap.run.spreadGrad(parameters, work);
      }
    });
  });
  return dx;
}
