import { createRandom } from '../simulate/random.ts';

/** A mean of boxes, and which they were. */
export interface Mean {
  readonly data: Float32Array<ArrayBuffer>;
  readonly rows: readonly number[];
}

/** Means of `size` boxes each, in the order in which they come; what is left over at the end makes none. */
export class MeansOf {
  private sum: Float64Array | null = null;
  private rows: number[] = [];

  constructor(readonly size: number) {}

  /** Each box counts the same, whatever its mean and contrast. */
  add(box: Float32Array, row: number): Mean | null {
    const sum = this.sum ?? new Float64Array(box.length);
    this.sum = sum;
    const { mean, scale } = standard(box);
    for (let i = 0; i < box.length; i++) sum[i] += (box[i] - mean) * scale;
    this.rows.push(row);
    if (this.rows.length < this.size) return null;
    const made = { data: Float32Array.from(sum, (value) => value / this.size), rows: this.rows };
    this.sum = null;
    this.rows = [];
    return made;
  }
}

function standard(box: Float32Array) {
  let sum = 0;
  for (const value of box) sum += value;
  const mean = sum / box.length;
  let squares = 0;
  for (const value of box) squares += (value - mean) ** 2;
  return { mean, scale: squares > 0 ? 1 / Math.sqrt(squares / box.length) : 0 };
}

/** The numbers below `count` in an order that the seed alone decides (Fisher and Yates). */
export function shuffled(count: number, seed: number): Uint32Array {
  const random = createRandom(seed, count);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
