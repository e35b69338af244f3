import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  conv3d,
  engine,
  getGradient,
  registerGradient,
  type Tensor,
  type Tensor5D,
} from '@tensorflow/tfjs-core';

interface Attributes {
  readonly pad: 'same' | 'valid';
  readonly strides: number | [number, number, number];
}

/**
 * Transposed 3D convolutions have no gradient in TensorFlow.js. They are what a convolution does to the gradient of its
 * output; so their own gradient for the input is that convolution, and for the filter the one of its filter, with input
 * and output in each other's place.
 */
export function registerTransposedGradient(): void {
  if (getGradient(Conv3DBackpropInputV2)) return;
  registerGradient({
    kernelName: Conv3DBackpropInputV2,
    inputsToSave: ['dy', 'filter'],
    gradFunc(given, [input, filter], attrs) {
      const { pad, strides } = attrs as unknown as Attributes;
      const x = given as Tensor5D;
      return {
        dy: () => conv3d(x, filter as Tensor5D, strides, pad),
        filter: () =>
          engine().runKernel(
            Conv3DBackpropFilterV2,
            { x, dy: input },
            { pad, strides, filterShape: filter.shape },
          ) as Tensor,
      };
    },
  });
}
