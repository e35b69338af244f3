/** Equal steps of magnitude between 0 and the largest. */
const BINS = 4096;
/** Values that are looked at of each map; of more, evenly spread ones. */
const SAMPLES = 2 ** 20;

/** How much of `sum |v|` lies at magnitudes of at least so much. */
export interface EnclosedMass {
  /** Largest magnitude. */
  readonly limit: number;
  /** Percent at or above the lower end of each bin, `[BINS + 1]`; falls from 100 to 0. */
  readonly percent: Float64Array;
}

/** Of several maps together, as they are drawn. */
export function enclosedMass(maps: readonly Float32Array[], limit: number): EnclosedMass {
  const percent = new Float64Array(BINS + 1);
  if (limit > 0) {
    for (const data of maps) {
      const stride = Math.ceil(data.length / SAMPLES);
      for (let v = 0; v < data.length; v += stride) {
        const magnitude = Math.abs(data[v]);
        percent[Math.min(BINS - 1, Math.floor((magnitude / limit) * BINS))] += magnitude * stride;
      }
    }
    for (let bin = BINS - 1; bin >= 0; bin--) percent[bin] += percent[bin + 1];
    const [total] = percent;
    if (total > 0) for (let bin = 0; bin < BINS; bin++) percent[bin] *= 100 / total;
  }
  return { limit, percent };
}

/** Percent of the mass beyond a level. */
export function massBeyond({ limit, percent }: EnclosedMass, level: number): number {
  if (!(limit > 0)) return 0;
  const at = Math.min(BINS, Math.max(0, (level / limit) * BINS));
  const bin = Math.min(BINS - 1, Math.floor(at));
  return percent[bin] + (percent[bin + 1] - percent[bin]) * (at - bin);
}

/** The level that encloses so many percent of the mass; the inverse of {@link massBeyond}. */
export function levelEnclosing({ limit, percent }: EnclosedMass, mass: number): number {
  // The last bin with at least so much at or above its lower end.
  let low = 0;
  let high = BINS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (percent[middle] >= mass) low = middle;
    else high = middle;
  }
  const step = percent[low] - percent[low + 1];
  const within = step > 0 ? Math.min(1, Math.max(0, (percent[low] - mass) / step)) : 0;
  return (limit * (low + within)) / BINS;
}
