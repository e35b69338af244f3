import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv3DInfo as Pool3DInfo } from '../../geometry.ts';
import type { Heap, HeapExports } from './heap.ts';

const PARAMETER_BYTES = 128;

/** Average or max pooling of x `[batch, d, h, w, c]`. */
export function pool3d(
  heap: Heap,
  kind: 'avgPool' | 'maxPool',
  x: TensorInfo,
  info: Pool3DInfo,
): TensorInfo {
  const y = heap.output(info.outShape);
  each(heap, info, { input: heap.at(x), output: heap.at(y), gradient: 0 }, (run, p, work) =>
    run[kind](p, work),
  );
  return y;
}

/**
 * Gradient of the same pooling for `x` from `dy`. Of max pooling one voxel per window gets it; of average
 * pooling all that are inside, divided by the whole window.
 */
export function pool3dGrad(
  heap: Heap,
  kind: 'avgPool' | 'maxPool',
  dy: TensorInfo,
  x: TensorInfo,
  info: Pool3DInfo,
): TensorInfo {
  const dx = heap.output(info.inShape);
  heap.clear(dx);
  const at = { input: heap.at(x), output: heap.at(dy), gradient: heap.at(dx) };
  each(heap, info, at, (run, p, work) => run[`${kind}Grad`](p, work));
  return dx;
}

interface Addresses {
  readonly input: number;
  readonly output: number;
  readonly gradient: number;
}

/** Once per sample, with the parameters of `../assembly/heap/max-pool.ts` for it. */
function each(
  heap: Heap,
  info: Pool3DInfo,
  { input, output, gradient }: Addresses,
  use: (run: HeapExports, parameters: number, work: number) => void,
): void {
  const { inChannels: channels, padInfo: pad } = info;
  const inBytes = info.inDepth * info.inHeight * info.inWidth * channels * 4;
  const outBytes = info.outDepth * info.outHeight * info.outWidth * channels * 4;
  const window = info.filterDepth * info.filterHeight * info.filterWidth;
  const geometry = [
    channels,
    ...[info.inDepth, info.inHeight, info.inWidth],
    ...[info.outDepth, info.outHeight, info.outWidth],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[pad.front, pad.top, pad.left],
    ...[info.dilationDepth, info.dilationHeight, info.dilationWidth],
  ];
  heap.lend(PARAMETER_BYTES + window * 4 + channels * 8, (parameters) => {
    for (let sample = 0; sample < info.batchSize; sample++) {
      const addresses = [
        input + sample * inBytes,
        output + sample * outBytes,
        gradient + sample * inBytes,
      ];
      heap.words(parameters, 3 + geometry.length).set([...addresses, ...geometry]);
      use(heap.run, parameters, parameters + PARAMETER_BYTES);
    }
  });
}
