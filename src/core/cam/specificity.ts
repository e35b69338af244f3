/**
 * Pearson's correlation of two maps on one grid, -1 to 1; null where one of them is constant, so that
 * there is nothing to correlate.
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let v = 0; v < n; v++) {
    meanA += a[v];
    meanB += b[v];
  }
  meanA /= n;
  meanB /= n;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let v = 0; v < n; v++) {
    const da = a[v] - meanA;
    const db = b[v] - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  // Rounding leaves a constant map some 1e-16 of its squares.
  const constant = (variance: number, mean: number) => variance <= 1e-20 * n * mean * mean;
  if (constant(aa, meanA) || constant(bb, meanB)) return null;
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/** The class with the highest score but `index`: the runner-up of the answer, the answer for all others. */
export function rivalOf(scores: ArrayLike<number>, index: number): number | null {
  let rival: number | null = null;
  for (let c = 0; c < scores.length; c++) {
    if (c !== index && (rival === null || scores[c] > scores[rival])) rival = c;
  }
  return rival;
}

/** How much of a map is about its class, and how much any class would have. */
export interface Specificity {
  /**
   * Correlation with the plain sum of the layer's activations, which knows no class; null also for a map on another
   * grid than the layer's.
   */
  readonly activationSum: number | null;
  /** Correlation with the same method's map of the {@link rivalOf} class. */
  readonly runnerUp: number | null;
}

/**
 * @param map of one class, `[voxels]`
 * @param rival the map of its rival, undefined where there is none
 * @param activationSum `sum_l A` of the layer, `[voxels]`
 */
export function specificity(
  map: ArrayLike<number>,
  rival: ArrayLike<number> | undefined,
  activationSum: ArrayLike<number>,
): Specificity {
  return {
    activationSum: map.length === activationSum.length ? correlation(map, activationSum) : null,
    runnerUp: rival ? correlation(map, rival) : null,
  };
}
