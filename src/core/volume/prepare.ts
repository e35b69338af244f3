import { badInput } from '../errors.ts';
import {
  cropPad,
  floatVolume,
  invertContrast,
  type Normalization,
  normalize,
  replaceNonFinite,
} from './convert.ts';
import { centredGrid, regrid, sameShape } from './grid.ts';
import { resampleToGrid } from './resample.ts';
import { computeStats } from './stats.ts';
import type { FloatVolume, Shape3, Vec3, Volume } from './types.ts';

/** What a network expects of its input; optional where its author did not say. */
export interface InputExpectation {
  readonly shape: Shape3;
  /** Å, of the training volumes. */
  readonly voxelSize?: number;
  readonly normalization?: Normalization;
}

/** What to do when the box or the voxel size is another than the network's. */
export type Fit = 'none' | 'crop' | 'resample';

export interface PrepareOptions {
  readonly invert?: boolean;
  /** `model` (default) takes the network's own, `none` when it names none. */
  readonly normalization?: 'model' | Normalization;
  /**
   * `none` (default) accepts only the network's shape; `crop` cuts or pads about the centre;
   * `resample` interpolates to the network's voxel size, then cuts or pads; without a known voxel
   * size it stretches the whole box.
   */
  readonly fit?: Fit;
}

export interface PreparedInput {
  /** What the network sees, in the world coordinates of the original. */
  readonly volume: FloatVolume;
  /** What was done, one sentence each, in order; empty when nothing was. */
  readonly steps: readonly string[];
}

/** Relative difference of voxel sizes that is ignored. */
const SAME_VOXEL = 0.01;

/**
 * Makes a volume fit a network and says exactly what was done. Throws `bad-input` when the shapes
 * differ and `fit` is `none`.
 */
export function prepareInput(
  volume: Volume,
  expectation: InputExpectation,
  options: PrepareOptions = {},
): PreparedInput {
  const steps: string[] = [];
  let stats = computeStats(volume.data);
  let current = floatVolume(volume);
  if (stats.count === 0)
    throw badInput('The volume has no finite value, so no network can read it.');
  if (stats.nonFinite > 0) {
    current = { ...current, data: replaceNonFinite(volume.data, stats.mean) };
    steps.push(
      `${stats.nonFinite} NaN or infinite values were replaced by the mean of the others.`,
    );
  }

  const fitted = fitBox(current, expectation, options.fit ?? 'none', stats.mean, steps);
  if (fitted !== current) {
    current = fitted;
    stats = computeStats(current.data);
  }
  if (options.invert) {
    current = { ...current, data: invertContrast(current.data, stats.mean) };
    steps.push('The contrast was inverted about the mean.');
  }
  const wanted = options.normalization ?? 'model';
  const kind = wanted === 'model' ? (expectation.normalization ?? 'none') : wanted;
  if (kind !== 'none') {
    current = { ...current, data: normalize(current.data, kind, stats) };
    steps.push(normalizationStep(kind, stats.mean, stats.std));
  }
  return { volume: current, steps };
}

function normalizationStep(kind: Normalization, mean: number, std: number): string {
  if (std === 0) return 'All values are equal, so there was no spread to scale to 1.';
  return kind === 'zscore'
    ? `Values were shifted by the mean (${short(mean)}) and divided by the standard deviation (${short(std)}).`
    : `Values were divided by the standard deviation (${short(std)}); the mean was not shifted.`;
}

function fitBox(
  volume: FloatVolume,
  { shape, voxelSize }: InputExpectation,
  fit: Fit,
  fill: number,
  steps: string[],
): FloatVolume {
  const otherVoxel =
    voxelSize !== undefined &&
    volume.voxelSize.some((size) => Math.abs(size - voxelSize) > SAME_VOXEL * voxelSize);
  if (fit === 'resample' && otherVoxel) {
    const size: Vec3 = [voxelSize, voxelSize, voxelSize];
    steps.push(
      `Resampled from ${voxels(volume.voxelSize)} to ${short(voxelSize)} Å (trilinear, averaging where voxels grow), centred; box ${box(volume.shape)} to ${box(shape)}${paddedWords(volume, shape, voxelSize)}.`,
    );
    return resampleToGrid(volume, centredGrid(volume, shape, size), { fill, antialias: true });
  }
  if (sameShape(volume.shape, shape)) {
    if (otherVoxel) {
      steps.push(
        `The voxel size of ${voxels(volume.voxelSize)} is not the ${short(voxelSize)} Å that the network was trained with; used as it is.`,
      );
    }
    return volume;
  }
  if (fit === 'crop' || (fit === 'resample' && voxelSize !== undefined)) {
    steps.push(
      `${cropWords(volume.shape, shape)} about the centre: ${box(volume.shape)} to ${box(shape)}.`,
    );
    return cropPad(volume, shape, fill);
  }
  if (fit === 'resample') {
    const grid = regrid(volume, shape);
    steps.push(
      `Resampled the whole box from ${box(volume.shape)} to ${box(shape)} voxels (trilinear, averaging where voxels grow).`,
    );
    return resampleToGrid(volume, grid, { antialias: true });
  }
  throw badInput(
    `The volume has ${box(volume.shape)} voxels (z, y, x), but the network takes ${box(shape)}; accepted: a volume of that size, or cropping or resampling to it.`,
  );
}

function cropWords(from: Shape3, to: Shape3): string {
  const cuts = from.some((n, i) => n > to[i]);
  const pads = from.some((n, i) => n < to[i]);
  if (cuts && pads) return 'Cropped and padded with the mean';
  return cuts ? 'Cropped' : 'Padded with the mean';
}

function paddedWords(volume: FloatVolume, shape: Shape3, voxelSize: number): string {
  const [z, y, x] = volume.shape;
  const extent = [z * volume.voxelSize[2], y * volume.voxelSize[1], x * volume.voxelSize[0]];
  const beyond = shape.some((n, i) => n * voxelSize > extent[i] * (1 + 1e-6));
  return beyond ? ', padded with the mean' : '';
}

function box([nz, ny, nx]: Shape3): string {
  return nz === ny && ny === nx ? `${nz}^3` : `${nz} x ${ny} x ${nx}`;
}

function voxels([x, y, z]: Vec3): string {
  return x === y && y === z ? `${short(x)} Å` : `${[x, y, z].map(short).join(' x ')} Å`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
