import { channelDistance } from './distance.ts';
import type { InputFeatures, Range, TrainingDomain } from './types.ts';

/** One volume as it was measured. */
export interface DomainSample {
  readonly features: InputFeatures;
  /** `mean_v A` of the layer, `[channels]`. */
  readonly channelMeans: ArrayLike<number>;
}

/** The `training` block of the volumes measured; `samples` must not be empty. */
export function measureDomain(
  samples: readonly DomainSample[],
  about: Pick<TrainingDomain, 'set' | 'layer'>,
): TrainingDomain {
  const feature = (name: keyof InputFeatures) => rangeOf(samples.map((s) => s.features[name]));
  const channels = Array.from(samples[0].channelMeans, (_, l) =>
    rangeOf(samples.map(({ channelMeans }) => channelMeans[l])),
  );
  const known = {
    mean: channels.map(({ mean }) => mean),
    std: channels.map(({ std }) => std),
  };
  return {
    set: about.set,
    n: samples.length,
    input: {
      mean: feature('mean'),
      std: feature('std'),
      skew: feature('skew'),
      centre: feature('centre'),
    },
    layer: about.layer,
    channels: known,
    distance: rangeOf(samples.map(({ channelMeans }) => channelDistance(channelMeans, known))),
  };
}

function rangeOf(values: readonly number[]): Range {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return {
    mean: short(mean),
    std: short(Math.sqrt(variance)),
    min: short(min),
    max: short(max),
  };
}

/** Five digits are enough, and sidecars stay readable. */
function short(value: number): number {
  return Number(value.toPrecision(5));
}
