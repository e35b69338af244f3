import type { InputFeatures } from './types.ts';

/**
 * Features of a one-channel input `[z, y, x]` or `[y, x]`, a last axis of length 1 allowed. The central ball
 * has a quarter of the shortest edge as its radius. All are NaN for an input of equal values.
 */
export function inputFeatures(data: Float32Array, shape: readonly number[]): InputFeatures {
  const { mean, std, skew } = moments(data);
  const centre = contrastOfCentre(data, shape) / std;
  return { mean: mean / std, std, skew, centre };
}

function moments(data: Float32Array) {
  let mean = 0;
  for (let i = 0; i < data.length; i++) mean += data[i];
  mean /= data.length;
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < data.length; i++) {
    const d = data[i] - mean;
    squares += d * d;
    cubes += d * d * d;
  }
  const std = Math.sqrt(squares / data.length);
  return { mean, std, skew: cubes / data.length / std ** 3 };
}

/** Mean inside the ball less the mean outside. */
function contrastOfCentre(data: Float32Array, shape: readonly number[]): number {
  const edges = shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const [nz, ny, nx] = edges.length === 2 ? [1, ...edges] : edges;
  const radius = Math.min(...edges.filter((edge) => edge > 1)) / 4;
  let inside = 0;
  let count = 0;
  let all = 0;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const across = (z - (nz - 1) / 2) ** 2 + (y - (ny - 1) / 2) ** 2;
      for (let x = 0; x < nx; x++, i++) {
        all += data[i];
        if (across + (x - (nx - 1) / 2) ** 2 >= radius * radius) continue;
        inside += data[i];
        count++;
      }
    }
  }
  const outside = data.length - count;
  return inside / count - (all - inside) / outside;
}
