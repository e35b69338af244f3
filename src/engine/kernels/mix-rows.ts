import { engine, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/** Name of the kernel that makes each row of a sum of few others. */
export const MixRows = 'MixRows';

/** For each row that is made, the rows of x that it is made of and their weights. */
export type Taps = readonly (readonly (readonly [row: number, weight: number])[])[];

export function hasMixRows(): boolean {
  return getKernel(MixRows, engine().backendName) != null;
}

/** x `[outer, rows, columns]` to `[outer, taps, columns]`; needs {@link hasMixRows}. */
export function mixRows(x: Tensor, taps: Taps): Tensor {
  const starts = [0];
  for (const { length } of taps) starts.push(starts[starts.length - 1] + length);
  const sources = taps.flatMap((row) => row.map(([from]) => from));
  const weights = taps.flatMap((row) => row.map(([, weight]) => weight));
  return engine().runKernel(MixRows, { x }, { starts, sources, weights });
}
