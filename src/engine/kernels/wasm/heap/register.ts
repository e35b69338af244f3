import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  AvgPool3D,
  AvgPool3DGrad,
  BatchMatMul,
  Concat,
  Conv3DBackpropInputV2,
  FusedBatchNorm,
  MaxPool3D,
  MaxPool3DGrad,
  Mean,
  Slice,
  SplitV,
  Sum,
  type TensorInfo,
  Tile,
  util,
  _FusedMatMul as FusedMatMul,
} from '@tensorflow/tfjs-core';
import { registerCamKernels } from '../../cam.ts';
import { type Conv3DInfo, type ConvAttributes, convInfo, poolInfo } from '../../geometry.ts';
import { ReluGrad } from '../../relu-grad.ts';
import { productOf } from '../../products.ts';
import { type Call, type Inputs, replaceKernel } from '../../replace.ts';
import { finish } from '../matmul.ts';
import { batchNorm } from './batch-norm.ts';
import { heapCam } from './cam.ts';
import { fewRows } from './dense.ts';
import { spreadGrad } from './spread.ts';
import { type Heap, heapOf, loadHeapKernels } from './heap.ts';
import { pool3d, pool3dGrad } from './pool3d.ts';
import { concat, slice, split, tile } from './rows.ts';
import { reduce } from './sums.ts';

/** Up to so many input channels a convolution's gradient is made window by window. */
const FEW_CHANNELS = 2;

/**
 * Puts kernels that work in tfjs's own memory in the place of those of its `wasm` backend. What they do not cover
 * (other number types, several axes at once) still runs the kernel that was there.
 */
export async function registerHeapKernels(): Promise<void> {
  await loadHeapKernels();
  registerCamKernels('wasm', heapCam);

  const replace = (
    name: string,
    run: (heap: Heap, call: Call) => TensorInfo | TensorInfo[] | undefined,
  ) =>
    replaceKernel(
      name,
      'wasm',
      (call, before) => run(heapOf(call.backend as BackendWasm), call) ?? before(call),
    );

  for (const [name, gradient, kind] of [
    [AvgPool3D, AvgPool3DGrad, 'avgPool'],
    [MaxPool3D, MaxPool3DGrad, 'maxPool'],
  ] as const) {
    replace(name, (heap, { inputs, attrs }) => {
      const { x } = inputs as Inputs;
      return pool3d(heap, kind, x, poolInfo(x.shape, attrs));
    });
    replace(gradient, (heap, { inputs, attrs }) => {
      const { dy, input } = inputs as Inputs;
      return pool3dGrad(heap, kind, dy, input, poolInfo(input.shape, attrs));
    });
  }

  replace(Conv3DBackpropInputV2, (heap, { inputs, attrs }) => {
    const { dy, filter } = inputs as Inputs;
    const { inputShape } = attrs as unknown as Required<ConvAttributes>;
    const info = convInfo(inputShape, filter.shape, attrs);
    return inputShape[4] <= FEW_CHANNELS || areApart(info)
      ? spreadGrad(heap, dy, filter, info)
      : undefined;
  });

  for (const name of [BatchMatMul, FusedMatMul]) {
    replace(name, (heap, { inputs, attrs }) => {
      const product = productOf(inputs as Inputs, attrs);
      const y = product && fewRows(heap, product);
      if (!y) return undefined;
      const values = (tensor: TensorInfo) =>
        heap.floats(heap.at(tensor), util.sizeFromShape(tensor.shape));
      finish(values(y), product.bias && values(product.bias), product.relu);
      return y;
    });
  }

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

  replace(SplitV, (heap, { inputs, attrs }) => {
    const { numOrSizeSplits, axis } = attrs as { numOrSizeSplits: number | number[]; axis: number };
    return split(heap, (inputs as Inputs).x, numOrSizeSplits, axis);
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

/** Whether no two windows overlap though they move, as in a transposed convolution that doubles a volume. */
function areApart(info: Conv3DInfo): boolean {
  const pairs = [
    [info.strideDepth, info.effectiveFilterDepth],
    [info.strideHeight, info.effectiveFilterHeight],
    [info.strideWidth, info.effectiveFilterWidth],
  ];
  return pairs.every(([stride, window]) => stride >= window && stride > 1);
}
