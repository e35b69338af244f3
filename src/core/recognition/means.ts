import { createRandom, shuffle } from '../simulate/random.ts';
import { computeStats } from '../volume/index.ts';
import { mapTo } from '../typed-arrays.ts';

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
    const { mean, std } = computeStats(box);
    const scale = std > 0 ? 1 / std : 0;
    for (let i = 0; i < box.length; i++) sum[i] += (box[i] - mean) * scale;
    this.rows.push(row);
    if (this.rows.length < this.size) return null;
    const made = {
      data: mapTo(new Float32Array(sum.length), sum, (value) => value / this.size),
      rows: this.rows,
    };
    this.sum = null;
    this.rows = [];
    return made;
  }
}

/** The numbers below `count` in an order that the seed alone decides. */
export function shuffled(count: number, seed: number): Uint32Array {
  const order = new Uint32Array(count).map((_, i) => i);
  shuffle(order, createRandom(seed, count));
  return order;
}
