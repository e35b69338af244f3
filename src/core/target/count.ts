import type { TargetKind } from './types.ts';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** How many classes or entries an output of a shape, channels last, can be asked about. */
const COUNTS: Readonly<Record<TargetKind, (shape: readonly number[]) => number>> = {
  class: ([classes]) => classes,
  difference: ([classes]) => classes,
  value: product,
  segmentation: (shape) => shape[shape.length - 1],
  similarity: () => 1,
};

export const targetCount = (kind: TargetKind, shape: readonly number[]) => COUNTS[kind](shape);
