import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, volume } from '../../geometry.ts';
import { volumeWords } from '../parameters.ts';
import { type InPlaceExports, PARAMETER_BYTES, type TensorMemory } from './tensor-memory.ts';

/** Average or max pooling of x `[batch, d, h, w, c]` by a geometry of windows. */
export function pool3d(
  memory: TensorMemory,
  kind: 'avgPool' | 'maxPool',
  x: TensorInfo,
  g: Geometry,
): TensorInfo {
  const y = memory.output([g.batch, ...g.to, g.cin]);
  each(memory, g, { input: memory.at(x), output: memory.at(y), gradient: 0 }, (run, p, work) =>
    run[kind](p, work),
  );
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
  memory.clear(dx);
  const at = { input: memory.at(x), output: memory.at(dy), gradient: memory.at(dx) };
  each(memory, g, at, (run, p, work) => run[`${kind}Grad`](p, work));
  return dx;
}

interface Addresses {
  readonly input: number;
  readonly output: number;
  readonly gradient: number;
}

/** Once per sample, with its parameters and work for the addresses of a window and the sums of its channels. */
function each(
  memory: TensorMemory,
  g: Geometry,
  { input, output, gradient }: Addresses,
  use: (run: InPlaceExports, parameters: number, work: number) => void,
): void {
  const inBytes = volume(g.from) * g.cin * 4;
  const outBytes = volume(g.to) * g.cin * 4;
  memory.withScratch(PARAMETER_BYTES + volume(g.kernel) * 4 + g.cin * 8, (parameters) => {
    for (let sample = 0; sample < g.batch; sample++) {
      memory.setWords(
        parameters,
        volumeWords(g, {
          INPUT: input + sample * inBytes,
          OUTPUT: output + sample * outBytes,
          RESULT: gradient + sample * inBytes,
        }),
      );
      use(memory.run, parameters, parameters + PARAMETER_BYTES);
    }
  });
}
