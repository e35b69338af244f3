import { multiply, transposed } from '../particles/rotation.ts';
import { fastLength } from '../simulate/fft.ts';
import { createRealFft3, frequency, type RealFft3 } from '../simulate/fft3.ts';
import type { SubTiltBox, SubTiltStack, Tilt } from './types.ts';
import { doseTransfer, focusTransfer, type Transfer, tiltTransfer } from './weights.ts';

/** Added to the square of a contrast transfer that is divided by. */
const LEAST_TRANSFER = 0.01;
/** Share of the mean weight that is added to every weight where contrast transfer leaves gaps (Wiener). */
const WIENER = 0.1;

/**
 * Brings the projections of a particle together in a box: each is weighted in Fourier space and projected back.
 *
 *     image --FFT--> transfer / (sum over tilts of overlap * transfer^2 + eps) --IFFT--> sum over tilts along the beam
 *
 * The transfer is contrast transfer times dose weight where the first is corrected for; where it is to stay in the box, or
 * its square, the weights are those of the dose alone. Slices overlap as those of a box do (Harauz & van Heel 1986, `sliceOverlap`), for any geometry of tilts. Where
 * no transfer is known, the result is plain weighted back-projection. Beyond the Nyquist limits of images and box nothing is left.
 *
 * @returns `[depth, size, size]`
 */
export function backProject(stack: SubTiltStack, box: SubTiltBox): Float32Array<ArrayBuffer> {
  const { images, size, pixelSize, tilts } = stack;
  const pad = fastLength(1.5 * size);
  const fft = createRealFft3([1, pad, pad]);
  const { rotation } = box;
  // From the box's axes, which are the reference's when it is turned.
  const own = tilts.map((tilt) => ({
    ...tilt,
    rotation: rotation ? multiply(tilt.rotation, rotation) : tilt.rotation,
  }));
  const limit = Math.min(1 / (2 * pixelSize), 1 / (2 * box.voxelSize));
  const transfers = own.map((tilt) =>
    box.transfer === 'corrected' ? tiltTransfer(tilt, stack.optics) : doseTransfer(tilt),
  );
  const weights = own.map((tilt) => weightsOf(fft, tilt, own, transfers, stack, box, limit));
  const focused = box.transfer === 'corrected' && tilts.some(({ focus }) => focus !== null);
  const gap = focused ? WIENER * meanOf(weights) : 0;
  const out = new Float32Array((box.depth ?? box.size) * box.size ** 2);
  const picture = new Float32Array(pad * pad);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  const nk = pad / 2 + 1;
  for (const [t, tilt] of own.entries()) {
    place(images.subarray(t * size * size, (t + 1) * size * size), size, pad, picture);
    fft.forward(picture, re, im);
    const takenOf = takenBy(tilt, stack, box);
    for (let y = 0, i = 0; y < pad; y++) {
      const ky = frequency(y, pad);
      for (let x = 0; x < nk; x++, i++) {
        const kx = x / pad;
        const [qx, qy] = [kx / pixelSize, ky / pixelSize];
        const taken = takenOf(qx, qy);
        // Cubic B-spline interpolation takes the values through the spline's own samples.
        const spline = 9 / (2 + Math.cos(2 * Math.PI * kx)) / (2 + Math.cos(2 * Math.PI * ky));
        const factor =
          weights[t][i] + gap > 0
            ? (edge(Math.hypot(qx, qy), limit) * taken * spline) / (weights[t][i] + gap)
            : 0;
        re[i] *= factor;
        im[i] *= factor;
      }
    }
    fft.inverse(re, im, picture);
    spread(picture, pad, tilt, pixelSize, box, out);
  }
  return out;
}

/** What a frequency of an image is multiplied with before it is weighted. */
function takenBy(
  tilt: Tilt,
  { optics, multiplied }: SubTiltStack,
  { transfer }: SubTiltBox,
): Transfer {
  if (transfer !== 'kept') return multiplied ? () => 1 : tiltTransfer(tilt, optics);
  if (!multiplied) return doseTransfer(tilt);
  if (!tilt.focus) return () => 1;
  const contrastAt = focusTransfer(tilt.focus, optics);
  return (x, y) => {
    const contrast = contrastAt(x, y);
    return contrast / (contrast * contrast + LEAST_TRANSFER);
  };
}

/** 1 below, 0 above, a cosine over the last tenth. */
function edge(k: number, limit: number): number {
  const from = 0.9 * limit;
  if (k <= from) return 1;
  return k >= limit ? 0 : 0.5 * (1 + Math.cos((Math.PI * (k - from)) / (limit - from)));
}

/**
 * For each frequency of one tilt up to `limit`, the sum over all tilts of their overlap with it times the square of
 * their transfer.
 */
function weightsOf(
  { spectrumLength, shape: [, pad] }: RealFft3,
  tilt: Tilt,
  tilts: readonly Tilt[],
  transfers: readonly Transfer[],
  { pixelSize }: SubTiltStack,
  box: SubTiltBox,
  limit: number,
): Float32Array {
  const weights = new Float32Array(spectrumLength);
  const thickness = box.size * box.voxelSize;
  const nk = pad / 2 + 1;
  // From this tilt's axes to those of each.
  const between = tilts.map((other) => multiply(other.rotation, transposed(tilt.rotation)));
  for (let y = 0, i = 0; y < pad; y++) {
    const qy = frequency(y, pad) / pixelSize;
    for (let x = 0; x < nk; x++, i++) {
      const qx = x / pad / pixelSize;
      if (Math.hypot(qx, qy) > limit) continue;
      let sum = 0;
      for (let j = 0; j < tilts.length; j++) {
        const m = between[j];
        const overlap = 1 - thickness * Math.abs(m[6] * qx + m[7] * qy);
        if (overlap <= 0) continue;
        const transfer = transfers[j](m[0] * qx + m[1] * qy, m[3] * qx + m[4] * qy);
        sum += overlap * transfer * transfer;
      }
      weights[i] = sum;
    }
  }
  return weights;
}

function meanOf(all: readonly Float32Array[]): number {
  let sum = 0;
  let count = 0;
  for (const values of all) {
    for (const value of values) {
      sum += value;
      if (value > 0) count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** Puts an image into the middle of a larger one of its mean, centre on centre. */
function place(image: Float32Array, size: number, pad: number, into: Float32Array): void {
  let sum = 0;
  for (const value of image) sum += value;
  const mean = sum / image.length;
  into.fill(0);
  const from = pad / 2 - size / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) into[(y + from) * pad + x + from] = image[y * size + x] - mean;
}

/** Adds the value of a cubic spline at where each voxel of the box is projected to. */
function spread(
  picture: Float32Array,
  pad: number,
  { rotation: m, shift }: Tilt,
  pixelSize: number,
  { size, depth = size, voxelSize }: SubTiltBox,
  out: Float32Array,
): void {
  const step = voxelSize / pixelSize;
  const c = (size - 1) / 2;
  const [middleU, middleV] = shift.map((by) => pad / 2 + by / pixelSize);
  // The share of one slice in the box's sum along the beam.
  const share = 1 / size;
  const [a, w] = [new Float64Array(4), new Float64Array(4)];
  for (let z = 0, at = 0; z < depth; z++)
    for (let y = 0; y < size; y++) {
      const [dz, dy] = [step * (z - (depth - 1) / 2), step * (y - c)];
      const uRow = middleU + m[1] * dy + m[2] * dz;
      const vRow = middleV + m[4] * dy + m[5] * dz;
      for (let x = 0; x < size; x++, at++) {
        const dx = step * (x - c);
        const u = uRow + m[0] * dx;
        const v = vRow + m[3] * dx;
        const iu = Math.floor(u);
        const iv = Math.floor(v);
        if (iu < 1 || iv < 1 || iu + 2 >= pad || iv + 2 >= pad) continue;
        splineInto(a, u - iu);
        splineInto(w, v - iv);
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          const row = (iv - 1 + k) * pad + iu - 1;
          sum +=
            w[k] *
            (a[0] * picture[row] +
              a[1] * picture[row + 1] +
              a[2] * picture[row + 2] +
              a[3] * picture[row + 3]);
        }
        out[at] += share * sum;
      }
    }
}

/** Writes the weights of the four neighbours of a cubic B-spline. */
function splineInto(weights: Float64Array, t: number): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = (4 - 6 * t * t + 3 * t * t * t) / 6;
  weights[2] = (4 - 6 * s * s + 3 * s * s * s) / 6;
  weights[3] = (t * t * t) / 6;
}
