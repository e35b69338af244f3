import { line, list, number, object, refine, type Schema, whole } from '../schema/index.ts';
import type { TrainingDomain } from './types.ts';

const MAX_CHANNELS = 65536;

const range = object({ mean: number(), std: number({ min: 0 }), min: number(), max: number() });

/** The `training` block of a sidecar. */
export const trainingSchema: Schema<TrainingDomain> = object({
  set: line(500),
  n: whole({ min: 1 }),
  input: object({ mean: range, std: range, skew: range, centre: range }),
  layer: line(1000),
  channels: refine(
    object({
      mean: list(number(), { min: 1, max: MAX_CHANNELS }),
      std: list(number({ min: 0 }), { min: 1, max: MAX_CHANNELS }),
    }),
    'a mean and a deviation for each channel',
    ({ mean, std }) => mean.length === std.length,
  ),
  distance: range,
});
