import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Conv3DInfo, forward } from '../../geometry.ts';
import { apartInDepth, runSlabs } from './slabs.ts';
import type { TensorMemory } from './tensor-memory.ts';

/** Each slab turns the filter for itself, which slabs of a few hundred windows outweigh. */
const WINDOW = 64;

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
  memory.fill(dx, 0);
  const operands = { OUTPUT: memory.at(dy), FILTER: memory.at(filter), RESULT: memory.at(dx) };
  const work = (parameters: number) => memory.run.scatterBytes(parameters);
  runSlabs(memory, 'scatterGrad', g, operands, { apart: apartInDepth(g), floats: WINDOW, work });
  return dx;
}
