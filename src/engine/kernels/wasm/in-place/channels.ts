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

/** That dy is behind `rectify((x - mean) * scale + shift)`; all three `[volumes, channels]`. */
interface Behind {
  readonly mean: TensorInfo;
  readonly scale: TensorInfo;
  readonly shift: TensorInfo;
  readonly slope: number;
}

/** Addresses of mean, scale and shift for one row of several. */
function vectorsOf(memory: TensorMemory, all: Omit<Behind, 'slope'>, row: number, rows: number) {
  const { mean, scale, shift } = all;
  const channels = scale.shape[scale.shape.length - 1];
  const own = volumeOf(row, rows, scale.shape[0]) * channels * 4;
  return [mean, scale, shift].map((one) => memory.at(one) + own) as [number, number, number];
}

/** Means over the voxels of dy and of dy * x, `[rows of dy, 2, channels]`. */
export function channelDots(
  memory: TensorMemory,
  dy: TensorInfo,
  x: TensorInfo,
  behind?: Behind,
): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(dy);
  const { run } = memory;
  const y = memory.output([rows, 2, channels]);
  return memory.withScratch(channels * 16, (work) => {
    for (let row = 0; row < rows; row++) {
      const from = memory.at(dy) + row * bytes;
      const other = memory.at(x) + volumeOf(row, rows, x.shape[0]) * bytes;
      if (behind) {
        const vectors = vectorsOf(memory, behind, row, rows);
        run.rectifiedDots(from, other, ...vectors, behind.slope, voxels, channels, work);
      } else run.channelDots(from, other, voxels, channels, work);
      const sums = memory.doubles(work, 2 * channels);
      const out = memory.floats(memory.at(y) + row * channels * 8, 2 * channels);
      for (let i = 0; i < 2 * channels; i++) out[i] = sums[i] / voxels;
    }
    return y;
  });
}

/** `rectify((x - mean) * scale + shift)`; all three `[volumes, channels]`. */
export function normalizeChannels(memory: TensorMemory, x: TensorInfo, by: Behind): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(x);
  const y = memory.output(x.shape);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [memory.at(x) + row * bytes, memory.at(y) + row * bytes];
    const vectors = vectorsOf(memory, by, row, rows);
    memory.run.normalizeChannels(from, to, ...vectors, voxels, channels, by.slope);
  }
  return y;
}

/** `a dy + b x + c` with factors `[rows of dy, 3, channels]`. */
export function mixChannels(
  memory: TensorMemory,
  dy: TensorInfo,
  x: TensorInfo,
  factors: TensorInfo,
  behind?: Behind,
): TensorInfo {
  const { rows, channels, voxels, bytes } = rowsOf(dy);
  const { run } = memory;
  const y = memory.output(dy.shape);
  for (let row = 0; row < rows; row++) {
    const other = memory.at(x) + volumeOf(row, rows, x.shape[0]) * bytes;
    const [from, to] = [memory.at(dy) + row * bytes, memory.at(y) + row * bytes];
    const own = memory.at(factors) + row * channels * 12;
    if (behind) {
      const vectors = vectorsOf(memory, behind, row, rows);
      run.rectifiedMix(from, other, to, own, ...vectors, behind.slope, voxels, channels);
    } else run.mixChannels(from, other, to, own, voxels, channels);
  }
  return y;
}
