import { type Geometry, volume } from '../../geometry.ts';
import { volumeWords } from '../parameters.ts';
import type { Kernel } from '../thread.ts';
import { PARAMETER_BYTES, partsOf, type TensorMemory } from './tensor-memory.ts';

/** Addresses of one sample; those that are absent have nothing to do with samples. */
interface Operands {
  /** Of the grid that windows read, or add to. */
  readonly INPUT?: number;
  readonly RESULT?: number;
  /** Of the grid of windows. */
  readonly OUTPUT: number;
  readonly FILTER?: number;
  readonly BIAS?: number;
}

interface Cut {
  /** Whether no two windows of different slabs write to the same voxel: else a sample is one slab. */
  readonly apart: boolean;
  /** How much there is to do for a window, in floats. */
  readonly floats: number;
  /** Bytes that each call has for itself. */
  readonly work: number | ((parameters: number) => number);
}

/** Calls a kernel of windows `(parameters, work)` for each sample, or for several slabs of it. */
export function runSlabs(
  memory: TensorMemory,
  kernel: Kernel,
  g: Geometry,
  { INPUT = 0, RESULT = 0, OUTPUT, FILTER = 0, BIAS = 0 }: Operands,
  { apart, floats, work }: Cut,
): void {
  const inBytes = volume(g.from) * g.cin * 4;
  const plane = g.to[1] * g.to[2] * g.cout;
  const slabs = apart
    ? partsOf(g.to[0], g.to[1] * g.to[2] * floats)
    : [{ first: 0, count: g.to[0] }];
  const { runtime } = memory;
  runtime.operate(() => {
    const count = g.batch * slabs.length;
    const parameters = runtime.allocate(count * PARAMETER_BYTES);
    for (let i = 0; i < count; i++) {
      const sample = Math.floor(i / slabs.length);
      const slab = slabs[i % slabs.length];
      const [d, h, w] = g.offset;
      const part: Geometry = {
        ...g,
        to: [slab.count, g.to[1], g.to[2]],
        offset: [d + slab.first * g.scale[0], h, w],
      };
      const values = {
        INPUT: INPUT + sample * inBytes,
        RESULT: RESULT + sample * inBytes,
        OUTPUT: OUTPUT + (sample * g.to[0] + slab.first) * plane * 4,
        FILTER,
        BIAS,
      };
      memory.setWords(parameters + i * PARAMETER_BYTES, volumeWords(part, values));
    }
    const bytes = Math.ceil((typeof work === 'number' ? work : work(parameters)) / 64) * 64;
    const own = runtime.allocate(count * bytes);
    memory.runEach(
      kernel,
      Array.from({ length: count }, (_, i) => [parameters + i * PARAMETER_BYTES, own + i * bytes]),
    );
  });
}

/** Whether windows of different depth never meet. */
export function apartInDepth(g: Geometry): boolean {
  return g.kernel[0] <= g.scale[0] || g.kernel[0] === 1;
}
