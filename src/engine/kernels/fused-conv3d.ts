import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  engine,
  type GradConfig,
  getGradient,
  getKernel,
  matMul,
  ones,
  registerGradient,
  reshape,
  sum,
  type Tensor,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import { reluGrad } from './relu-grad.ts';

/** Name of the kernel `relu?(conv3d(x, filter) + bias)`. */
export const FusedConv3D = 'FusedConv3D';

interface ConvAttributes {
  readonly strides: [number, number, number];
  readonly pad: 'valid' | 'same';
  readonly dilations: [number, number, number];
  readonly relu?: boolean;
}

const GRADIENT: GradConfig = {
  kernelName: FusedConv3D,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved;
    const { strides, pad, dilations, relu } = attrs as unknown as ConvAttributes;
    const slope = relu ? reluGrad(dy as Tensor, y) : (dy as Tensor);
    const run = (kernel: string, inputs: Record<string, Tensor>, shape: object) =>
      engine().runKernel(kernel, inputs, { strides, pad, dilations, ...shape }) as Tensor;
    return {
      x: () => run(Conv3DBackpropInputV2, { dy: slope, filter }, { inputShape: x.shape }),
      filter: () => run(Conv3DBackpropFilterV2, { x, dy: slope }, { filterShape: filter.shape }),
      bias: () => sumOfRows(reshape(slope, [-1, slope.shape[4] as number])),
    };
  },
};

/** Sum over the first axis of x `[rows, columns]`. */
export function sumOfRows(x: Tensor): Tensor {
  if (engine().backendName === 'wasm') return sum(x, 0);
  // A product with a row of ones: tfjs's sum over leading axes transposes first.
  return reshape(matMul(ones([1, x.shape[0]]), x), [-1]);
}

/** Gradient of the plain convolution that hands the dilation on (tfjs's own refuses it). */
const DILATED: GradConfig = {
  kernelName: 'Conv3D',
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const { x, filter } = GRADIENT.gradFunc(dy, saved as Tensor[], { ...attrs, relu: false });
    return { x, filter };
  },
};

let installed = false;

/**
 * Gives the fused kernel its gradient and the plain convolution one for dilation. Idempotent.
 */
export function installFusedConv3D(): void {
  if (installed) return;
  installed = true;
  registerGradient(GRADIENT);
  const stockGradient = getGradient('Conv3D');
  unregisterGradient('Conv3D');
  registerGradient({
    ...DILATED,
    gradFunc: (dy, saved, attrs) =>
      hasFusedKernel()
        ? DILATED.gradFunc(dy, saved, attrs)
        : stockGradient.gradFunc(dy, saved, attrs),
  });
}

/** Whether the current backend has this project's convolutions, whose gradients take a dilation. */
export function hasFusedKernel(): boolean {
  return getKernel(FusedConv3D, engine().backendName) != null;
}
