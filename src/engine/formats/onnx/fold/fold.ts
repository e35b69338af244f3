import type { Numbers } from '../../numbers.ts';
import { type Constant, MOST_NUMBERS, sizeOf } from '../constant.ts';
import type { Attributes } from '../model.ts';

/**
 * Operators on numbers known at import: shape arithmetic and weights that are transposed, cast or scaled. A row
 * gives undefined where the operator's definition is not met, which the importer reports.
 */
export type Fold = (
  inputs: readonly (Constant | undefined)[],
  attrs: Attributes,
  opset: number,
  /** How many outputs the node has. */
  outputs?: number,
) => Constant | readonly Constant[] | undefined;

/** Thrown for a result larger than {@link MOST_NUMBERS}. */
export class TooLarge extends Error {
  constructor(readonly size: number) {
    super(`asks for ${size} numbers`);
  }
}

/** A result that is made of fewer numbers than it has may have so many. */
const MOST_GROWN = 2 ** 24;
/** Multiplications that one product may take: a second's work. */
export const MOST_PRODUCTS = 2 ** 29;

/** @param from how many numbers the result is made of, where it may be larger than that */
export function allocate(dims: readonly number[], integer: boolean, from?: number): Numbers {
  const size = sizeOf(dims);
  const limit = from === undefined ? MOST_NUMBERS : Math.max(MOST_GROWN, from);
  if (!(size <= limit)) throw new TooLarge(size);
  return integer ? new Float64Array(size) : new Float32Array(size);
}
