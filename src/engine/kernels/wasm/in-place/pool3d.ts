import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, volume } from '../../geometry.ts';
import { apartInDepth, runSlabs } from './slabs.ts';
import type { TensorMemory } from './tensor-memory.ts';

/** Work takes the addresses of a window and the sums of its channels. */
const costOf = (g: Geometry) => ({
  floats: volume(g.kernel) * g.cin,
  work: volume(g.kernel) * 4 + g.cin * 8,
});

/** Average or max pooling of x `[batch, d, h, w, c]` by a geometry of windows. */
export function pool3d(
  memory: TensorMemory,
  kind: 'avgPool' | 'maxPool',
  x: TensorInfo,
  g: Geometry,
): TensorInfo {
  const y = memory.output([g.batch, ...g.to, g.cin]);
  const operands = { INPUT: memory.at(x), OUTPUT: memory.at(y) };
  runSlabs(memory, kind, g, operands, { apart: true, ...costOf(g) });
  return y;
}

/**
 * Gradient of the same pooling for `x` (of any rank with these voxels) from `dy`. Of max pooling one voxel per window
 * gets it; of average pooling all that are inside, divided by the whole window.
 */
export function pool3dGrad(
  memory: TensorMemory,
  kind: 'avgPool' | 'maxPool',
  dy: TensorInfo,
  x: TensorInfo,
  g: Geometry,
): TensorInfo {
  const dx = memory.output(x.shape);
  memory.fill(dx, 0);
  const operands = { INPUT: memory.at(x), OUTPUT: memory.at(dy), RESULT: memory.at(dx) };
  runSlabs(memory, `${kind}Grad`, g, operands, { apart: apartInDepth(g), ...costOf(g) });
  return dx;
}
