import {
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type ConvAttributes, convInfo, padsNothing } from './geometry.ts';
import { type Call, type Inputs, replaceKernel } from './replace.ts';

/**
 * Keeps tfjs's plain convolutions on `cpu`, but asks them for `valid` padding where `same` adds none: they
 * would take a stride beyond the window for a negative padding and read shifted voxels.
 */
export function registerCpuKernels(): void {
  const correct = (name: string, shapes: (call: Call) => [number[], number[]]) =>
    replaceKernel(name, 'cpu', (call, stock): TensorInfo => {
      const padded = (call.attrs as unknown as ConvAttributes).pad === 'same';
      const nothing = padded && padsNothing(convInfo(...shapes(call), call.attrs));
      return stock(nothing ? { ...call, attrs: { ...call.attrs, pad: 'valid' } } : call);
    });
  const attributes = (call: Call) => call.attrs as unknown as Required<ConvAttributes>;
  correct(Conv3D, ({ inputs }) => [(inputs as Inputs).x.shape, (inputs as Inputs).filter.shape]);
  correct(Conv3DBackpropInputV2, (call) => [
    attributes(call).inputShape,
    (call.inputs as Inputs).filter.shape,
  ]);
  correct(Conv3DBackpropFilterV2, (call) => [
    (call.inputs as Inputs).x.shape,
    attributes(call).filterShape,
  ]);
}
