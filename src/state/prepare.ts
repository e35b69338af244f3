import type { FloatVolume, Shape3, Vec3 } from '../core/volume/types.ts';
import type { ModelInfo } from '../engine/types.ts';
import { cropToShape, resampleToGrid } from './grid.ts';
import type { InputOptions } from './volumes.ts';

/** A volume on the network's grid and what was done to get it there. */
export interface Prepared {
  /** Same key, same `input`. */
  readonly key: string;
  readonly volumeId: string;
  /** Inverted and fitted, in the file's own units. */
  readonly volume: FloatVolume;
  /** `[z, y, x, 1]` flattened, normalised. */
  readonly input: Float32Array;
  readonly inputShape: readonly number[];
  /** One sentence for each step taken, in order; empty when the volume went in as read. */
  readonly steps: readonly string[];
}

/** The box the network takes, `[z, y, x]`, or null when it is not a single-channel 3D network. */
export function networkBox(model: ModelInfo): Shape3 | null {
  const [z, y, x, channels] = model.inputShape;
  return model.inputShape.length === 4 && channels === 1 ? [z, y, x] : null;
}

const SIZE_TOLERANCE = 0.02;

/**
 * Why `volume` cannot go into `model` as it is, as a sentence; null when it can. A voxel size that
 * differs by more than 2% is not refused (see {@link voxelSizeRemark}), a different box is.
 */
export function mismatch(volume: FloatVolume, model: ModelInfo): string | null {
  const box = networkBox(model);
  if (!box) {
    return `${model.title} takes inputs of shape ${model.inputShape.join(' × ')}; this view explains networks that take one-channel volumes.`;
  }
  if (box.every((n, axis) => n === volume.shape[axis])) return null;
  return `The volume is ${size(volume.shape)} voxels; ${model.title} takes ${size(box)}.`;
}

/** A sentence when the voxel size is not the one the network was trained at, else null. */
export function voxelSizeRemark(volume: FloatVolume, model: ModelInfo): string | null {
  const expected = model.sidecar.voxelSize;
  if (!expected || volume.voxelSize.every((v) => Math.abs(v / expected - 1) <= SIZE_TOLERANCE)) {
    return null;
  }
  return `The voxel size is ${nanometres(volume.voxelSize[0])}; ${model.title} was trained at ${nanometres(expected)}.`;
}

/**
 * Inverts, fits and normalises as `options` say. Resampling goes section by section and lets the
 * event loop run in between. The caller has checked {@link mismatch} when `fit` is `none`.
 */
export async function prepare(
  volumeId: string,
  source: FloatVolume,
  model: ModelInfo,
  options: InputOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const box = networkBox(model)!;
  const steps: string[] = [];
  let volume = source;
  if (options.fit === 'crop') {
    volume = cropToShape(source, box);
    const step = cropSentence(source.shape, box);
    if (step) steps.push(step);
  } else if (options.fit === 'resample') {
    const voxelSize = targetVoxelSize(source, model, box);
    volume = await resampleToGrid(source, box, voxelSize, signal);
    steps.push(
      `Resampled from ${size(source.shape)} voxels of ${nanometres(source.voxelSize[0])} to ${size(box)} voxels of ${nanometres(voxelSize[0])}.`,
    );
  }
  if (options.invert) {
    volume = { ...volume, data: volume.data.map((v) => -v) };
    steps.push('Contrast inverted: every value changed its sign.');
  }
  const normalization =
    options.normalization === 'model'
      ? (model.sidecar.normalization ?? 'none')
      : options.normalization;
  const input = normalize(volume.data, normalization);
  if (normalization === 'zscore') steps.push('Shifted to mean 0 and scaled to variance 1.');
  if (normalization === 'unit-variance') steps.push('Scaled to variance 1.');
  const key = [volumeId, model.id, options.fit, options.invert, normalization].join('|');
  return { key, volumeId, volume, input, inputShape: [...box, 1], steps };
}

/** A copy of `data`; `zscore`: `(x - mean) / std`, `unit-variance`: `x / std`; constant data stay. */
export function normalize(
  data: Float32Array,
  how: 'none' | 'zscore' | 'unit-variance',
): Float32Array {
  if (how === 'none') return data.slice();
  let mean = 0;
  for (const v of data) mean += v;
  mean /= data.length;
  let variance = 0;
  for (const v of data) variance += (v - mean) ** 2;
  const std = Math.sqrt(variance / data.length) || 1;
  const shift = how === 'zscore' ? mean : 0;
  return data.map((v) => (v - shift) / std);
}

/** The trained voxel size when it is known, else the one at which the whole box fits. */
function targetVoxelSize(source: FloatVolume, model: ModelInfo, box: Shape3): Vec3 {
  const known = model.sidecar.voxelSize;
  if (known) return [known, known, known];
  const scale = Math.max(...box.map((n, axis) => source.shape[axis] / n));
  return [source.voxelSize[0] * scale, source.voxelSize[1] * scale, source.voxelSize[2] * scale];
}

function cropSentence(from: Shape3, to: Shape3): string | null {
  if (from.every((n, axis) => n === to[axis])) return null;
  const cut = from.some((n, axis) => n > to[axis]);
  const padded = from.some((n, axis) => n < to[axis]);
  const what = cut && padded ? 'Cut and padded' : cut ? 'Cut' : 'Padded with the mean';
  return `${what} about the centre from ${size(from)} to ${size(to)} voxels.`;
}

/** `[nz, ny, nx]` as the user reads it, x first: "40³" or "40 × 40 × 20". */
export function size([nz, ny, nx]: Shape3): string {
  return nx === ny && ny === nz ? `${nx}³` : `${nx} × ${ny} × ${nz}`;
}

/** Å as nm with up to three significant digits. */
export function nanometres(angstrom: number): string {
  return `${Number((angstrom / 10).toPrecision(3))} nm`;
}
