import type { TrainingDomain } from './types.ts';

/** Below this share of the usual spread a channel's own counts no further: dead channels have none. */
const FLOOR = 0.05;

/**
 * How far the channel means of one volume are from those of the training volumes: root mean square over the
 * channels of the deviation in standard deviations; about 1 for a volume of the same kind.
 *
 * @param means `mean_v A`, `[channels]`
 */
export function channelDistance(
  means: ArrayLike<number>,
  { mean, std }: TrainingDomain['channels'],
): number {
  let squares = 0;
  for (let l = 0; l < std.length; l++) squares += std[l] * std[l];
  const floor = FLOOR * Math.sqrt(squares / std.length);
  let total = 0;
  for (let l = 0; l < mean.length; l++) {
    total += ((means[l] - mean[l]) / Math.max(std[l], floor, Number.MIN_VALUE)) ** 2;
  }
  return Math.sqrt(total / mean.length);
}
