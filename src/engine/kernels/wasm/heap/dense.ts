import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';

/** With more rows the threads of `KernelRuntime` are faster, though they need a copy of the matrix. */
const FEW_ROWS = 4;

interface Attributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** `a * b` for few rows of a; undefined where another kernel has to do it. */
export function product(
  heap: Heap,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA = false, transposeB = false }: Attributes,
): TensorInfo | undefined {
  const outer = [a, b].map(({ shape }) => shape.slice(0, -2));
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [depth, n] = transposeB ? [b1, b0] : [b0, b1];
  const plain = [a, b].every(({ dtype }) => dtype === 'float32');
  const single = outer.every((shape) => util.sizeFromShape(shape) === 1);
  const few = m <= FEW_ROWS && (m === 1 || !transposeA);
  if (!plain || !single || !few || k !== depth || k * n === 0) return;
  const y = heap.output([...broadcast_util.assertAndGetBroadcastShape(outer[0], outer[1]), m, n]);
  const [atA, atB, atY] = [a, b, y].map((tensor) => heap.at(tensor));
  if (transposeB) heap.run.rowsTimesTransposed(atA, atB, atY, m, k, n);
  else heap.lend(n * 4, (work) => heap.run.rowsTimes(atA, atB, atY, m, k, n, work));
  return y;
}

/** Adds `bias [n]` to each row of y `[…, n]` and applies the ReLU, in place. */
export function finish(
  heap: Heap,
  y: TensorInfo,
  bias: TensorInfo | undefined,
  relu: boolean,
): void {
  const columns = y.shape[y.shape.length - 1];
  const values = heap.floats(heap.at(y), util.sizeFromShape(y.shape));
  const shift = bias && heap.floats(heap.at(bias), columns);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] + (shift ? shift[i % columns] : 0);
    values[i] = relu && value < 0 ? 0 : value;
  }
}
