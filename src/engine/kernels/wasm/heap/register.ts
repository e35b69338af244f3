import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  AvgPool3D,
  AvgPool3DGrad,
  backend as currentBackend,
  Concat,
  FusedBatchNorm,
  Mean,
  Slice,
  Sum,
  type TensorInfo,
  Tile,
  util,
} from '@tensorflow/tfjs-core';
import { registerCamKernels } from '../../cam.ts';
import { poolInfo } from '../../geometry.ts';
import { ReluGrad } from '../../relu-grad.ts';
import { type Call, type Inputs, replaceKernel } from '../../replace.ts';
import { batchNorm } from './batch-norm.ts';
import { heapCam } from './cam.ts';
import { type Heap, heapOf, loadHeapKernels } from './heap.ts';
import { pool3d, pool3dGrad } from './pool3d.ts';
import { concat, slice, tile } from './rows.ts';
import { reduce } from './sums.ts';

/**
 * Puts kernels that work in tfjs's own memory in the place of slow ones of its `wasm` backend. What they do not
 * cover (other number types, several axes at once) still runs the stock kernel. Call with `wasm` started.
 */
export async function registerHeapKernels(): Promise<void> {
  await loadHeapKernels();
  if (!heapOf(currentBackend() as BackendWasm)) return;
  registerCamKernels('wasm', heapCam);

  const replace = (name: string, run: (heap: Heap, call: Call) => TensorInfo | undefined) =>
    replaceKernel(name, 'wasm', (call, stock) => {
      const heap = heapOf(call.backend as BackendWasm);
      return (heap && run(heap, call)) ?? stock(call);
    });

  replace(AvgPool3D, (heap, { inputs, attrs }) => {
    const { x } = inputs as Inputs;
    if (x.dtype !== 'float32') return undefined;
    return pool3d(heap, 'avgPool', x, poolInfo(x.shape, attrs));
  });

  replace(AvgPool3DGrad, (heap, { inputs, attrs }) => {
    const { dy, input } = inputs as Inputs;
    return pool3dGrad(heap, 'avgPool', dy, input, poolInfo(input.shape, attrs));
  });

  replace(FusedBatchNorm, (heap, { inputs, attrs }) => {
    const { x, ...statistics } = inputs as Record<
      'x' | 'mean' | 'variance' | 'offset' | 'scale',
      TensorInfo
    >;
    const { varianceEpsilon } = attrs as { varianceEpsilon: number };
    return batchNorm(heap, x, statistics, varianceEpsilon);
  });

  for (const [name, kind] of [
    [Sum, 'sum'],
    [Mean, 'mean'],
  ] as const) {
    replace(name, (heap, { inputs, attrs }) => {
      const { axis, keepDims } = attrs as { axis: number | number[]; keepDims?: boolean };
      return reduce(heap, kind, (inputs as Inputs).x, axis, keepDims === true);
    });
  }

  replace(Concat, (heap, { inputs, attrs }) => {
    const { axis } = attrs as { axis: number };
    return concat(heap, inputs as unknown as TensorInfo[], axis);
  });

  replace(Slice, (heap, { inputs, attrs }) => {
    const { begin, size } = attrs as { begin: number[]; size: number[] };
    return slice(heap, (inputs as Inputs).x, begin, size);
  });

  replace(Tile, (heap, { inputs, attrs }) => {
    const { reps } = attrs as { reps: number[] };
    return tile(heap, (inputs as Inputs).x, reps);
  });

  replace(ReluGrad, (heap, { inputs }) => {
    const { dy, y } = inputs as Inputs;
    const dx = heap.output(dy.shape);
    const volumes = y.shape[0] ?? 1;
    const count = util.sizeFromShape(y.shape) / volumes;
    const rows = util.sizeFromShape(dy.shape) / count;
    for (let row = 0; row < rows; row++) {
      const own = Math.floor((row * volumes) / rows) * count * 4;
      const at = row * count * 4;
      heap.run.reluGrad(heap.at(dy) + at, heap.at(y) + own, heap.at(dx) + at, count);
    }
    return dx;
  });
}
