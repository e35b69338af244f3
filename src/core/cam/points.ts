import { createRandom } from '../simulate/random.ts';

/** Inputs made of a volume at which a gradient is taken; the gradients are averaged. */
export interface Points {
  readonly count: number;
  /** The `k`-th one, of as many numbers as `input`. */
  at(input: Float32Array, k: number): Float32Array;
}

export const ITSELF: Points = { count: 1, at: (input) => input };

const STEPS = 50;

/** Midpoints of equal steps on the straight path from zeros to the input. */
export const PATH: Points = {
  count: STEPS,
  at: (input, k) => input.map((value) => (value * (k + 0.5)) / STEPS),
};

/** Standard deviation of the noise over the range of the input. */
export const NOISE_LEVEL = 0.15;

/** The input with Gaussian noise, the same in every run. */
export const NOISY: Points = {
  count: 25,
  at(input, k) {
    const { normal } = createRandom(1706, 3825, k);
    let [min, max] = [Infinity, -Infinity];
    for (const value of input) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    const deviation = NOISE_LEVEL * (max - min);
    return input.map((value) => value + deviation * normal());
  },
};
