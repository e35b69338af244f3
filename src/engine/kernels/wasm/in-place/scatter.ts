import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Conv3DInfo, forward, volume } from '../../geometry.ts';
import { volumeWords } from '../parameters.ts';
import { PARAMETER_BYTES, type TensorMemory } from './tensor-memory.ts';

/**
 * Input gradient of a convolution from `dy [batch, outD, outH, outW, cout]` and the filter
 * `[kd, kh, kw, cin, cout]`, window by window. Other kernels gather for each voxel of the input, its channels by
 * eights: here few channels waste nothing, and strides skip nothing.
 */
export function scatterGrad(
  memory: TensorMemory,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv3DInfo,
): TensorInfo {
  const g = forward(info);
  const dx = memory.output(info.inShape);
  memory.clear(dx);
  const inBytes = volume(g.from) * g.cin * 4;
  const outBytes = volume(g.to) * g.cout * 4;
  memory.withScratch(PARAMETER_BYTES, (parameters) => {
    const set = (sample: number) =>
      memory.setWords(
        parameters,
        volumeWords(g, {
          OUTPUT: memory.at(dy) + sample * outBytes,
          FILTER: memory.at(filter),
          RESULT: memory.at(dx) + sample * inBytes,
        }),
      );
    set(0);
    memory.withScratch(memory.run.scatterBytes(parameters), (work) => {
      for (let sample = 0; sample < info.batchSize; sample++) {
        set(sample);
        memory.run.scatterGrad(parameters, work);
      }
    });
  });
  return dx;
}
