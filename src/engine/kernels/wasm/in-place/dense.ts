import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Product } from '../../products.ts';
import { partsOf, type TensorMemory } from './tensor-memory.ts';

/** With more rows a product in tiles is faster. */
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
  if (transposeB) {
    const parts = partsOf(n, k);
    memory.runEach(
      'rowsTimesTransposed',
      parts.map(({ first, count }) => [atA, atB + first * k * 4, atY + first * 4, m, k, count, n]),
    );
    return y;
  }
  const { runtime } = memory;
  return runtime.operate(() => {
    // Each part of the rows of b gives a share of all sums; the first lies where the sums come to be.
    const parts = partsOf(k, n);
    const bytes = m * n * 4;
    const shares = runtime.allocate(parts.length * bytes);
    const work = runtime.allocate(parts.length * n * 4);
    const at = (i: number) => (i === 0 ? atY : shares + i * bytes);
    memory.runEach(
      'rowsTimes',
      parts.map(({ first, count }, i) => [
        ...[atA + first * 4, atB + first * n * 4, at(i)],
        ...[m, count, n, k, work + i * n * 4],
      ]),
    );
    for (let i = 1; i < parts.length; i++) memory.run.add(atY, at(i), atY, m * n);
    return y;
  });
}
