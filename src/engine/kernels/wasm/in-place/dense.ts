import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Product } from '../../products.ts';
import type { TensorMemory } from './tensor-memory.ts';

/** With more rows the threads of `KernelRuntime` are faster, though they need a copy of the matrix. */
const FEW_ROWS = 4;

/** `a b` for few rows of a, its bias and ReLU left out; undefined where another kernel has to do it. */
export function fewRows(
  memory: TensorMemory,
  { a, b, m, n, k, transposeA, transposeB, outShape }: Product,
): TensorInfo | undefined {
  const few = m <= FEW_ROWS && (m === 1 || !transposeA);
  if (!few || k * n === 0) return;
  const y = memory.output(outShape);
  const [atA, atB, atY] = [a, b, y].map((tensor) => memory.at(tensor));
  if (transposeB) memory.run.rowsTimesTransposed(atA, atB, atY, m, k, n);
  else memory.withScratch(n * 4, (work) => memory.run.rowsTimes(atA, atB, atY, m, k, n, work));
  return y;
}
