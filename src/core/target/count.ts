import type { Target, TargetKind } from './types.ts';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** How many classes or entries an output of a shape, channels last, can be asked about. */
const COUNTS: {
  readonly [K in TargetKind]: (
    shape: readonly number[],
    target: Extract<Target, { kind: K }> | undefined,
  ) => number;
} = {
  class: ([classes]) => classes,
  difference: ([classes]) => classes,
  value: product,
  segmentation: (shape) => shape[shape.length - 1],
  similarity: (shape, target) => (target ? target.reference.length / product(shape) : 1),
};

/** @param target whole, or its kind alone where it has no other part that counts */
export function targetCount(target: Target | TargetKind, shape: readonly number[]): number {
  const [kind, whole] = typeof target === 'string' ? [target, undefined] : [target.kind, target];
  const count = COUNTS[kind] as (shape: readonly number[], whole: Target | undefined) => number;
  return count(shape, whole);
}
