import type { Texture } from './types.ts';

/** Of a one-channel input `[z, y, x]` or `[y, x]`, a last axis of length 1 allowed. */
export function textureOf(data: Float32Array, shape: readonly number[]): Texture {
  const edges = shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const variance = data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length;
  let stride = 1;
  let correlation = Number.NEGATIVE_INFINITY;
  for (const edge of edges.toReversed()) {
    if (edge > 1) correlation = Math.max(correlation, along(data, mean, stride, edge) / variance);
    stride *= edge;
  }
  return { correlation, voxels: data.length };
}

/** Mean product of neighbours along the axis of a stride. */
function along(data: Float32Array, mean: number, stride: number, edge: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length - stride; i++) {
    if (Math.floor(i / stride) % edge === edge - 1) continue;
    sum += (data[i] - mean) * (data[i + stride] - mean);
    count++;
  }
  return sum / count;
}

/** Correlations of white noise stay below this many of their standard deviations. */
const DEVIATIONS = 4;

/** Whether neighbouring voxels know nothing of each other, as in no picture of anything. */
export function isWhiteNoise({ correlation, voxels }: Texture): boolean {
  return Math.abs(correlation) < DEVIATIONS / Math.sqrt(voxels);
}
