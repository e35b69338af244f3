import { formatValue } from '../core/color/index.ts';
import {
  type Fit,
  type InputExpectation,
  prepareInput,
  type Shape3,
  type SourceVolume,
  sameShape,
  type Vec3,
} from '../core/volume/index.ts';
import type { ModelInfo, Normalization } from '../engine/types.ts';
import type { InputOptions } from './volumes.ts';

/** A volume on the network's grid and what was done to get it there. */
export interface PreparedVolume {
  /** Fitted and inverted, in the file's own units. */
  readonly volume: SourceVolume<Float32Array>;
  /** `[z, y, x, 1]` flattened, normalised. */
  readonly input: Float32Array;
  /** One sentence for each step taken, in order; empty when the volume went in as read. */
  readonly steps: readonly string[];
}

/** What was prepared, for which volume and network. */
export interface Prepared extends PreparedVolume {
  /** Same key, same `input`. */
  readonly key: string;
  readonly volumeId: string;
  readonly inputShape: readonly number[];
}

export interface PrepareRequest {
  readonly expectation: InputExpectation;
  readonly invert: boolean;
  readonly fit: Fit;
  readonly normalization: Normalization;
}

/** Fits, inverts and normalises, keeping the step before the normalisation for display. */
export function prepareVolume(
  source: SourceVolume<Float32Array>,
  request: PrepareRequest,
): PreparedVolume {
  const { expectation, invert, fit, normalization } = request;
  const fitted = prepareInput(source, expectation, { invert, fit, normalization: 'none' });
  const scaled = prepareInput(fitted.volume, { shape: expectation.shape }, { normalization });
  const { volume } = fitted;
  return {
    // The same object when nothing was done, so that views keep what they made of it.
    volume: volume.data === source.data ? source : volume,
    input: scaled.volume.data,
    steps: [...fitted.steps, ...scaled.steps],
  };
}

/** The request that the user's options mean for this network. */
export function requestFor(model: ModelInfo, box: Shape3, options: InputOptions): PrepareRequest {
  const { voxelSize, normalization } = model.sidecar;
  return {
    // Only resampling uses the voxel size; what it means otherwise is said by voxelSizeRemark.
    expectation: { shape: box, voxelSize: options.fit === 'resample' ? voxelSize : undefined },
    invert: options.invert,
    fit: options.fit,
    normalization:
      options.normalization === 'model' ? (normalization ?? 'none') : options.normalization,
  };
}

/** The box the network takes, `[z, y, x]`, or null when it is not a single-channel 3D network. */
export function networkBox(model: ModelInfo): Shape3 | null {
  const [z, y, x, channels] = model.inputShape;
  return model.inputShape.length === 4 && channels === 1 ? [z, y, x] : null;
}

/** Why `shape` cannot go into `model` without a fit, as a sentence; null when it can. */
export function mismatch(shape: Shape3, model: ModelInfo): string | null {
  const box = networkBox(model);
  if (!box) {
    return `${model.title} takes inputs of shape ${model.inputShape.join(' × ')}; only networks that take one-channel volumes can be explained here.`;
  }
  if (sameShape(box, shape)) return null;
  return `The volume is ${size(shape)} voxels; ${model.title} takes ${size(box)}.`;
}

const SIZE_TOLERANCE = 0.02;

/** A sentence when the voxel size is not the one the network was trained at, else null. */
export function voxelSizeRemark(voxelSize: Vec3, model: ModelInfo): string | null {
  const expected = model.sidecar.voxelSize;
  if (!expected || voxelSize.every((v) => Math.abs(v / expected - 1) <= SIZE_TOLERANCE)) {
    return null;
  }
  return `Voxels are ${nanometres(voxelSize[0])}; ${model.title} was trained at ${nanometres(expected)}.`;
}

/** `[nz, ny, nx]` as the user reads it, x first: "40³" or "40 × 40 × 20". */
export function size([nz, ny, nx]: Shape3): string {
  return nx === ny && ny === nz ? `${nx}³` : `${nx} × ${ny} × ${nz}`;
}

/** Å as nm with up to three significant digits. */
export function nanometres(angstrom: number): string {
  return `${formatValue(angstrom / 10)} nm`;
}
