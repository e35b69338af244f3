/** Grey values run from black at `low` to white at `high`, in units of the density; `low < high`. */
export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

const SAMPLES = 1 << 16;
const TAIL = 0.003;

/**
 * Display range of a density: its 0.3 and 99.7 percentiles over 65,536 samples spread by the golden
 * ratio, so that a few hot voxels do not wash out the rest. Falls back on the full range, and for a
 * constant volume on an interval around it.
 */
export function greyWindow(data: ArrayLike<number>): GreyWindow {
  const n = data.length;
  const count = Math.min(n, SAMPLES);
  const sample = new Float32Array(count);
  let kept = 0;
  let position = 0;
  for (let i = 0; i < count; i++) {
    const value = data[n <= SAMPLES ? i : Math.floor(position * n)];
    position = (position + 0.6180339887498949) % 1;
    if (Number.isFinite(value)) sample[kept++] = value;
  }
  if (kept === 0) return { low: -1, high: 1 };
  const sorted = sample.subarray(0, kept).sort();
  const at = (share: number) => sorted[Math.round(share * (kept - 1))];
  for (const [low, high] of [
    [at(TAIL), at(1 - TAIL)],
    [at(0), at(1)],
  ]) {
    if (low < high) return { low, high };
  }
  const half = Math.abs(sorted[0]) || 1;
  return { low: sorted[0] - half, high: sorted[0] + half };
}
