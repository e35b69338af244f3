import { formatValue } from '../core/color/index.ts';
import {
  boxText,
  type Fit,
  type InputExpectation,
  type PreparedInput,
  planFit,
  prepareInput,
  preparePart,
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  sameShape,
  sameVoxelSize,
  type VolumeAccess,
  type VolumeReport,
} from '../core/volume/index.ts';
import type { ModelInfo, Normalization } from '../engine/types.ts';
import type { Preparable } from './types.ts';
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
  const { expectation, invert, fit } = request;
  const fitted = prepareInput(source, expectation, { invert, fit, normalization: 'none' });
  const prepared = normalised(fitted, request);
  // The same object when nothing was done, so that views keep what they made of it.
  return fitted.volume.data === source.data ? { ...prepared, volume: source } : prepared;
}

/**
 * The same of a volume of a file of which no more is read than the network needs.
 * @param mean of the whole volume, for padding
 */
export async function prepareRegion(
  access: VolumeAccess,
  index: number,
  mean: number,
  request: PrepareRequest,
): Promise<PreparedVolume> {
  const { expectation, invert, fit } = request;
  const plan = planFit(access.header, expectation, fit);
  const { volume } = await access.read(index, plan.region);
  const options = { invert, normalization: 'none', mean } as const;
  return normalised(preparePart(plan, volume, plan.region, {}, options), request);
}

function normalised(
  { volume, steps }: PreparedInput,
  { expectation, normalization }: PrepareRequest,
): PreparedVolume {
  const scaled = prepareInput(volume, { shape: expectation.shape }, { normalization });
  return { volume, input: scaled.volume.data, steps: [...steps, ...scaled.steps] };
}

/** The grid of a volume's own voxels, also where the app holds averages of them. */
export function ownGrid({ volume, whole }: Preparable): SourceGrid {
  return whole?.grid ?? volume;
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

/** Why images are nothing for `model`, as a sentence; null where the file holds volumes. */
export function imagesObstacle(
  { kind, shape }: Pick<VolumeReport, 'kind' | 'shape'>,
  model: ModelInfo,
): string | null {
  const flat = networkBox(model)?.[0] === 1;
  if (flat || (kind !== 'image' && kind !== 'image-stack')) return null;
  const what = kind === 'image' ? 'one image' : `${shape[0]} separate images`;
  return `The file holds ${what}; ${model.title} takes volumes.`;
}

/** A sentence when the voxel size is not, or may not be, the one the network was trained at, else null. */
export function voxelSizeRemark(
  { voxelSize, voxelSizeKnown }: SourceGrid,
  model: ModelInfo,
): string | null {
  const expected = model.sidecar.voxelSize;
  if (!expected) return null;
  const trained = `${model.title} was trained at ${nanometres(expected)}`;
  if (!voxelSizeKnown) return `The voxel size of this volume is not known; ${trained}.`;
  if (sameVoxelSize(voxelSize, expected)) return null;
  return `Voxels are ${nanometres(voxelSize[0])}; ${trained}.`;
}

/** `[nz, ny, nx]` as the user reads it, x first: "40³" or "40 × 40 × 20". */
export const size = boxText;

/** Å as nm with up to three significant digits. */
export function nanometres(angstrom: number): string {
  return `${formatValue(angstrom / 10)} nm`;
}
