import { createRealFft3 } from '../simulate/fft3.ts';
import { forEachFrequency } from '../simulate/transfer.ts';
import { wedgeCoverage } from '../simulate/wedge.ts';
import { computeStats } from '../volume/index.ts';

/** Whether a Fourier transform is planned for a cube of `n` voxels. */
export function hasTransform(n: number): boolean {
  let rest = n;
  for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
  return n % 2 === 0 && rest === 1;
}

/**
 * A cube `[n, n, n]` seen by a tilt series of `±tilt` degrees about y only; mean and standard deviation stay, so that
 * nothing but the missing directions changes.
 */
export function rewedged(data: Float32Array, n: number, tilt: number): Float32Array {
  const fft = createRealFft3([n, n, n]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(data, re, im);
  forEachFrequency(n, (i, kz, _ky, kx) => {
    const share = wedgeCoverage(n * kx, n * kz, tilt);
    re[i] *= share;
    im[i] *= share;
  });
  const seen = new Float32Array(data.length);
  fft.inverse(re, im, seen);
  const [before, after] = [computeStats(data), computeStats(seen)];
  const scale = after.std > 0 ? before.std / after.std : 0;
  return seen.map((value) => before.mean + scale * (value - after.mean));
}
