/** Projection of a cube along tilted beams, and its adjoint; both add to their output. */
export interface TiltGeometry {
  /**
   * @param columns `[z, x, y]`, y (the tilt axis) fastest
   * @param image `[pad, pad]`: u, y
   */
  splat(tilt: number, columns: Float32Array, image: Float32Array): void;
  gather(tilt: number, image: Float32Array, columns: Float32Array): void;
}

/**
 * At tilt `t` the point (x, z), measured from the middle, falls on detector column
 * `u = x cos t + z sin t`, where it is spread over four columns with cubic B-spline weights. The
 * weights do not depend on y, so the innermost loop runs along it.
 *
 * @param n voxels along each edge of the cube
 * @param pad pixels along each edge of an image, at least 1.5 n; centres coincide
 */
export function createTiltGeometry(n: number, pad: number, angles: Float64Array): TiltGeometry {
  const c = (n - 1) / 2;
  const centre = (pad - 1) / 2;
  const top = (pad - n) / 2;
  const perTilt = n * n;
  const first = new Int32Array(angles.length * perTilt);
  const weights = new Float32Array(4 * first.length);
  for (let tilt = 0, i = 0; tilt < angles.length; tilt++) {
    for (let z = 0; z < n; z++) {
      for (let x = 0; x < n; x++, i++) {
        const u = centre + (x - c) * Math.cos(angles[tilt]) + (z - c) * Math.sin(angles[tilt]);
        const cell = Math.floor(u);
        const t = u - cell;
        first[i] = (cell - 1) * pad + top;
        weights[4 * i] = (1 - t) ** 3 / 6;
        weights[4 * i + 1] = (4 - 6 * t * t + 3 * t ** 3) / 6;
        weights[4 * i + 2] = (1 + 3 * t + 3 * t * t - 3 * t ** 3) / 6;
        weights[4 * i + 3] = t ** 3 / 6;
      }
    }
  }

  function splat(tilt: number, columns: Float32Array, image: Float32Array): void {
    for (let column = 0, i = tilt * perTilt; column < perTilt; column++, i++) {
      const from = column * n;
      const to = first[i];
      const w0 = weights[4 * i];
      const w1 = weights[4 * i + 1];
      const w2 = weights[4 * i + 2];
      const w3 = weights[4 * i + 3];
      for (let y = 0; y < n; y++) {
        const value = columns[from + y];
        if (value === 0) continue;
        image[to + y] += w0 * value;
        image[to + pad + y] += w1 * value;
        image[to + 2 * pad + y] += w2 * value;
        image[to + 3 * pad + y] += w3 * value;
      }
    }
  }

  function gather(tilt: number, image: Float32Array, columns: Float32Array): void {
    for (let column = 0, i = tilt * perTilt; column < perTilt; column++, i++) {
      const to = column * n;
      const from = first[i];
      const w0 = weights[4 * i];
      const w1 = weights[4 * i + 1];
      const w2 = weights[4 * i + 2];
      const w3 = weights[4 * i + 3];
      for (let y = 0; y < n; y++) {
        const at = from + y;
        columns[to + y] +=
          w0 * image[at] +
          w1 * image[at + pad] +
          w2 * image[at + 2 * pad] +
          w3 * image[at + 3 * pad];
      }
    }
  }
  return { splat, gather };
}

/**
 * What cubic B-spline interpolation of a detector row leaves of the frequency `ku` (cycles per pixel):
 * 1 at zero, 0.985 at half Nyquist, 0.49 at Nyquist, nothing beyond.
 */
export function interpolationGain(ku: number): number {
  const x = Math.PI * ku;
  if (x === 0) return 1;
  if (Math.abs(ku) > 0.5) return 0;
  return ((Math.sin(x) / x) ** 4 * 3) / (2 + Math.cos(2 * x));
}
