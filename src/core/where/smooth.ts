import type { Shape3 } from '../volume/index.ts';

/** Taps of a Gaussian of `sigma` voxels out to three of them; they add up to 1. */
function taps(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const values = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / total);
}

/** A volume `[z, y, x]` blurred by a Gaussian of `sigma` voxels along each axis; the outermost voxels continue. */
export function smooth(data: ArrayLike<number>, shape: Shape3, sigma: number): Float32Array {
  const weights = taps(sigma);
  const radius = (weights.length - 1) / 2;
  let from = Float32Array.from(data);
  for (const [axis, n] of shape.entries()) {
    const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const to = new Float32Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const at = Math.floor(i / step) % n;
      const first = i - at * step;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        const source = Math.min(n - 1, Math.max(0, at + k - radius));
        sum += weights[k] * from[first + source * step];
      }
      to[i] = sum;
    }
    from = to;
  }
  return from;
}
