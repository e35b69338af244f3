/** The reference code adds this to every voxel before it sums a channel (Respond-CAM, eq. 1). */
export const EPS = 1e-10;

/**
 * Above this `kappa` a channel takes the safe form: float32 activations carry about `kappa * 6e-8` of
 * relative error into `sum A`, so from here on fewer than about three digits of the weight are right.
 */
export const KAPPA_LIMIT = 1e4;

/** Per-channel sums of one layer's activations, shared by all classes. */
export interface ChannelStats {
  /** `sum_v (A + EPS)`, `[channels]`. */
  readonly sum: Float64Array;
  /** `kappa = sum|A| / |sum A|`, `[channels]`; 1 for a channel that is zero everywhere. */
  readonly kappa: Float64Array;
  /** 1 where Respond-CAM's weight is replaced by the safe form `g * A`. */
  readonly unsafe: Uint8Array;
  readonly maxKappa: number;
  readonly unsafeChannels: number;
}

/**
 * Sums the activations `a`, `[voxels, channels]` with the channel fastest.
 *
 * A channel is unsafe when its kappa exceeds {@link KAPPA_LIMIT} or its sum vanishes, that is, when
 * the added EPS would change the weight by more than a tenth although the channel is not zero.
 */
export function channelStats(a: Float32Array, channels: number): ChannelStats {
  const sum = new Float64Array(channels);
  const sumAbs = new Float64Array(channels);
  for (let i = 0; i < a.length; ) {
    for (let l = 0; l < channels; l++, i++) {
      sum[l] += a[i];
      sumAbs[l] += Math.abs(a[i]);
    }
  }
  return statsFromSums(sum, sumAbs, a.length / channels);
}

/** The same from `sum_v A` and `sum_v |A|`, `[channels]`. */
export function statsFromSums(
  plainSum: Float64Array,
  sumAbs: Float64Array,
  voxels: number,
): ChannelStats {
  const channels = plainSum.length;
  const sum = plainSum.slice();
  const kappa = new Float64Array(channels);
  const unsafe = new Uint8Array(channels);
  const shift = voxels * EPS;
  let maxKappa = 1;
  let unsafeChannels = 0;
  for (let l = 0; l < channels; l++) {
    kappa[l] = sumAbs[l] === 0 ? 1 : sumAbs[l] / Math.abs(sum[l]);
    if (kappa[l] > KAPPA_LIMIT || (sumAbs[l] > 0 && Math.abs(sum[l]) < 10 * shift)) {
      unsafe[l] = 1;
      unsafeChannels++;
    }
    maxKappa = Math.max(maxKappa, kappa[l]);
    sum[l] += shift;
  }
  return { sum, kappa, unsafe, maxKappa, unsafeChannels };
}
