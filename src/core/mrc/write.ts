import { toHalf } from '../volume/half.ts';
import { computeStats } from '../volume/stats.ts';
import type { Volume, VoxelArray } from '../volume/types.ts';
import { HEADER_BYTES } from './header.ts';
import { mapTo } from '../typed-arrays.ts';

export interface WriteMrcOptions {
  /** Up to 10 lines of up to 80 ASCII characters. */
  readonly labels?: readonly string[];
  /** False writes no cell (CELLA 0), so that readers know that the voxel size is not known. */
  readonly voxelSizeKnown?: boolean;
  /** Writes 32-bit floats as 16-bit ones (mode 12), which {@link fitsHalf} says are as good. */
  readonly half?: boolean;
}

/** Of a 16-bit float; below the smallest normal one precision is lost. */
const LARGEST_HALF = 65504;
const SMALLEST_HALF = 2 ** -14;

/** Whether values can be kept as 16-bit floats at their precision of three digits. */
export function fitsHalf(data: Float32Array): boolean {
  const { min, max, std } = computeStats(data);
  return Math.max(-min, max) <= LARGEST_HALF && std >= 1000 * SMALLEST_HALF;
}

/**
 * A little-endian MRC2014 file of one volume. Float32 becomes mode 2, int8 0, int16 1, uint16 6;
 * uint8, which MRC2014 has no mode for, is widened to mode 6.
 */
export function writeMrc(volume: Volume, options: WriteMrcOptions = {}): Uint8Array<ArrayBuffer> {
  const { shape, voxelSize, origin } = volume;
  const data = volume.data instanceof Uint8Array ? Uint16Array.from(volume.data) : volume.data;
  const half = (options.half ?? false) && data instanceof Float32Array;
  const samples = half ? mapTo(new Uint16Array(data.length), data, toHalf) : data;
  const out = new Uint8Array(HEADER_BYTES + samples.byteLength);
  const view = new DataView(out.buffer);
  const sizeXyz = [shape[2], shape[1], shape[0]];
  const ints = (at: number, values: readonly number[]): void =>
    values.forEach((value, i) => void view.setInt32(at + 4 * i, value, true));
  const floats = (at: number, values: readonly number[]): void =>
    values.forEach((value, i) => void view.setFloat32(at + 4 * i, value, true));
  const ascii = (at: number, text: string, length: number): void => {
    for (let i = 0; i < Math.min(length, text.length); i++) {
      const code = text.charCodeAt(i);
      out[at + i] = code < 127 ? code : 63;
    }
  };

  const stats = computeStats(data);
  ints(0, [...sizeXyz, half ? 12 : modeOf(data), 0, 0, 0, ...sizeXyz]);
  const cell =
    (options.voxelSizeKnown ?? true) ? sizeXyz.map((n, i) => n * voxelSize[i]) : [0, 0, 0];
  floats(40, [...cell, 90, 90, 90]);
  ints(64, [1, 2, 3]);
  // DMAX < DMIN, DMEAN < both and RMS < 0 mean "not set"
  floats(76, stats.count > 0 ? [stats.min, stats.max, stats.mean] : [0, -1, -2]);
  ints(88, [1, 0]);
  ints(108, [20141]);
  floats(196, origin);
  ascii(208, 'MAP ', 4);
  out.set([0x44, 0x44], 212);
  floats(216, [stats.count > 0 ? stats.std : -1]);
  const labels = (options.labels ?? []).slice(0, 10);
  ints(220, [labels.length]);
  labels.forEach((label, i) => {
    ascii(224 + 80 * i, label.padEnd(80), 80);
  });
  out.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEADER_BYTES);
  return out;
}

function modeOf(data: VoxelArray): number {
  if (data instanceof Float32Array) return 2;
  if (data instanceof Int8Array) return 0;
  return data instanceof Int16Array ? 1 : 6;
}
