import { badInput } from '../errors.ts';

/** How far an output is from that of the program that the network comes from. */
export interface Parity {
  readonly count: number;
  /** Largest difference, and where it is. */
  readonly largest: number;
  readonly index: number;
  /** The same in units of the largest magnitude of the reference; infinite where that is 0. */
  readonly relative: number;
}

/** The question to a network whose scores are its main output as it is: no map, so no gradient. */
export const OUTPUT_ALONE = {
  layers: 'default',
  classes: [],
  methods: [],
  target: { kind: 'value' },
} as const;

/** A reference output and its file. */
export interface Reference {
  readonly file: string;
  readonly values: ArrayLike<number>;
}

/**
 * Compares an output called `name` with its reference, both in the order of the network's file.
 * @throws AppError `bad-input` for a reference of another length
 */
export function compareOutput(
  output: ArrayLike<number>,
  name: string,
  reference: Reference,
): Parity {
  const { file, values } = reference;
  if (output.length !== values.length) {
    throw badInput(
      `${file}: it holds ${values.length} numbers, the output ${name} ${output.length}; accepted: that output, as the program gives it for this volume`,
    );
  }
  return parity(output, values);
}

/** The same of numbers that are as many. */
export function parity(output: ArrayLike<number>, reference: ArrayLike<number>): Parity {
  let largest = 0;
  let index = 0;
  let top = 0;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs(output[i] - reference[i]);
    // A NaN on one side counts as the worst.
    if (!(difference <= largest)) {
      largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      index = i;
    }
    top = Math.max(top, Math.abs(reference[i]));
  }
  const relative = largest === 0 ? 0 : largest / top;
  return { count: reference.length, largest, index, relative };
}

/** What is off by more is no rounding of float32. */
const ROUNDING = 1e-3;

export function parityText({ count, largest, index, relative }: Parity): string {
  if (relative <= ROUNDING)
    return `is the same as the reference: ${count} numbers, off by ${largest.toExponential(1)} at most`;
  return `differs from the reference: off by ${largest.toPrecision(3)} at number ${index} of ${count}, ${(100 * relative).toFixed(1)}% of the largest`;
}
