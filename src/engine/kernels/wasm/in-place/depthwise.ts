import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, volume } from '../../geometry.ts';
import { runSlabs } from './slabs.ts';
import type { TensorMemory } from './tensor-memory.ts';

/** A convolution of x with a filter `[…window, 1, channels]`, each channel by itself, or its input gradient. */
export function depthwise(
  memory: TensorMemory,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  g: Geometry,
): TensorInfo {
  const y = memory.output([g.batch, ...g.to, g.cin]);
  const operands = {
    INPUT: memory.at(x),
    OUTPUT: memory.at(y),
    FILTER: memory.at(filter),
    BIAS: bias ? memory.at(bias) : 0,
  };
  const taps = volume(g.kernel);
  const cut = { apart: true, floats: taps * g.cin, work: taps * 8 };
  runSlabs(memory, 'depthwise', g, operands, cut);
  return y;
}
