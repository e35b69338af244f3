import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, volume } from '../../geometry.ts';
import { volumeWords } from '../parameters.ts';
import { PARAMETER_BYTES, type TensorMemory } from './tensor-memory.ts';

/** A convolution of x with a filter `[…window, 1, channels]`, each channel by itself, or its input gradient. */
export function depthwise(
  memory: TensorMemory,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  g: Geometry,
): TensorInfo {
  const y = memory.output([g.batch, ...g.to, g.cin]);
  memory.withScratch(PARAMETER_BYTES + volume(g.kernel) * 8, (parameters) => {
    for (let sample = 0; sample < g.batch; sample++) {
      memory.setWords(
        parameters,
        volumeWords(g, {
          INPUT: memory.at(x) + sample * volume(g.from) * g.cin * 4,
          OUTPUT: memory.at(y) + sample * volume(g.to) * g.cin * 4,
          FILTER: memory.at(filter),
          BIAS: bias ? memory.at(bias) : 0,
        }),
      );
      memory.run.depthwise(parameters, parameters + PARAMETER_BYTES);
    }
  });
  return y;
}
