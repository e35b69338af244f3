import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorMemory } from './tensor-memory.ts';

interface Rows {
  readonly rows: number;
  readonly channels: number;
  readonly voxels: number;
  /** Bytes of one row. */
  readonly bytes: number;
}

/** x `[rows, …space, channels]`. */
function rowsOf({ shape }: TensorInfo): Rows {
  const [rows] = shape;
  const channels = shape[shape.length - 1];
  const voxels = util.sizeFromShape(shape) / (rows * channels);
  return { rows, channels, voxels, bytes: voxels * channels * 4 };
}

/** Of `rows` rows, the one of `volumes` that row `row` belongs to. */
const volumeOf = (row: number, rows: number, volumes: number) => Math.floor((row * volumes) / rows);

/** Mean and variance over the voxels of each channel, `[rows, 2, channels]`; summed in double precision. */
export function channelMoments(memory: TensorMemory, x: TensorInfo): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(x);
  const y = memory.output([rows, 2, channels]);
  return memory.withScratch(channels * 16, (work) => {
    for (let row = 0; row < rows; row++) {
      const at = memory.at(x) + row * bytes;
      memory.run.channelDots(at, at, voxels, channels, work);
      const sums = memory.doubles(work, 2 * channels);
      const out = memory.floats(memory.at(y) + row * channels * 8, 2 * channels);
      for (let c = 0; c < channels; c++) {
        const mean = sums[c] / voxels;
        out[c] = mean;
        out[channels + c] = Math.max(0, sums[channels + c] / voxels - mean * mean);
      }
    }
    return y;
  });
}

/** Means over the voxels of dy and of dy * x, `[rows of dy, 2, channels]`. */
export function channelDots(memory: TensorMemory, dy: TensorInfo, x: TensorInfo): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(dy);
  const y = memory.output([rows, 2, channels]);
  return memory.withScratch(channels * 16, (work) => {
    for (let row = 0; row < rows; row++) {
      const other = memory.at(x) + volumeOf(row, rows, x.shape[0]) * bytes;
      memory.run.channelDots(memory.at(dy) + row * bytes, other, voxels, channels, work);
      const sums = memory.doubles(work, 2 * channels);
      const out = memory.floats(memory.at(y) + row * channels * 8, 2 * channels);
      for (let i = 0; i < 2 * channels; i++) out[i] = sums[i] / voxels;
    }
    return y;
  });
}

/** `(x - mean) * scale + shift`; all three `[volumes, channels]`. */
export function normalizeChannels(
  memory: TensorMemory,
  x: TensorInfo,
  mean: TensorInfo,
  scale: TensorInfo,
  shift: TensorInfo,
): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(x);
  const y = memory.output(x.shape);
  for (let row = 0; row < rows; row++) {
    const own = volumeOf(row, rows, scale.shape[0]) * channels * 4;
    const [from, to] = [memory.at(x) + row * bytes, memory.at(y) + row * bytes];
    const [means, factors, shifts] = [mean, scale, shift].map((one) => memory.at(one) + own);
    memory.run.normalizeChannels(from, to, means, factors, shifts, voxels, channels);
  }
  return y;
}

/** `a dy + b x + c` with factors `[rows of dy, 3, channels]`. */
export function mixChannels(
  memory: TensorMemory,
  dy: TensorInfo,
  x: TensorInfo,
  factors: TensorInfo,
): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(dy);
  const y = memory.output(dy.shape);
  for (let row = 0; row < rows; row++) {
    const other = memory.at(x) + volumeOf(row, rows, x.shape[0]) * bytes;
    const at = row * bytes;
    const own = memory.at(factors) + row * channels * 12;
    memory.run.mixChannels(memory.at(dy) + at, other, memory.at(y) + at, own, voxels, channels);
  }
  return y;
}
