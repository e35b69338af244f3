import {
  type Attribute,
  getKernel,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

export type Call = Parameters<KernelFunc>[0] & { attrs?: Readonly<Record<string, Attribute>> };
export type Inputs = Readonly<Record<string, TensorInfo>>;

/** Puts `run` in the place of tfjs's kernel, which `run` can still reach as `stock`. */
export function replaceKernel(
  kernelName: string,
  backendName: string,
  run: (call: Call, stock: (call: Call) => TensorInfo) => TensorInfo | TensorInfo[],
): void {
  const before = getKernel(kernelName, backendName);
  const stock = (call: Call) => before?.kernelFunc(call) as TensorInfo;
  if (before) unregisterKernel(kernelName, backendName);
  registerKernel({
    kernelName,
    backendName,
    setupFunc: before?.setupFunc,
    kernelFunc: (call) => run(call as Call, stock),
  });
}
