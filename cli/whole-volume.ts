import { badInput } from '../src/core/errors.ts';
import {
  boxText,
  type Finding,
  type Normalization,
  type OpenOptions,
  prepareInput,
  type Shape3,
  type SourceVolume,
  sameVoxelSize,
  toFloat32,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { levelFor, levelSteps, withLevels } from './tomogram-files.ts';

export interface WholeOptions {
  readonly normalization: 'model' | Normalization;
  readonly invert: boolean;
  /** Bring the voxels to the size that the network was trained with. */
  readonly resample: boolean;
}

/** A volume of any size, as a network is to see it. */
export interface WholeVolume {
  /** Normalised by its own statistics. */
  readonly volume: SourceVolume<Float32Array>;
  /** As in the file, but for its contrast and voxel size. */
  readonly raw: SourceVolume<Float32Array>;
  /** What was done to `raw`, and to it to become `volume`. */
  readonly steps: readonly string[];
  readonly scaling: readonly string[];
  readonly findings: readonly Finding[];
}

/** A volume file of which the shape is known. */
export interface WholeFile {
  readonly shape: Shape3;
  readonly count: number;
  read(info: ModelInfo, options: WholeOptions): Promise<WholeVolume>;
}

/**
 * Opens one volume of a file, or an OME-Zarr in the resolution that suits the network; throws `bad-file`, and `bad-input` where there is
 * no such volume.
 */
export function withWhole<T>(
  path: string,
  reading: OpenOptions,
  index: number,
  use: (file: WholeFile) => Promise<T>,
): Promise<T> {
  return withLevels(path, reading, (levels) => {
    const { volumes, shape } = levels[0].header;
    if (index >= volumes) {
      throw badInput(
        `${path}: there is no volume ${index + 1}, the file holds ${volumes}; accepted: --volume 1 to ${volumes}`,
      );
    }
    return use({
      shape,
      count: volumes,
      read: async (info, options) => {
        const level = levelFor(levels, info.sidecar.voxelSize);
        const read = await readWhole(path, level, index, info, options);
        return { ...read, steps: [...levelSteps(levels, level), ...read.steps] };
      },
    });
  });
}

async function readWhole(
  path: string,
  access: VolumeAccess,
  index: number,
  { sidecar, title }: ModelInfo,
  { normalization, invert, resample }: WholeOptions,
): Promise<WholeVolume> {
  const { volume, findings } = await access.read(index);
  const steps: string[] = [];
  const expected = sidecar.voxelSize;
  const { voxelSize, voxelSizeKnown } = volume;
  const other = expected !== undefined && voxelSizeKnown && !sameVoxelSize(voxelSize, expected);
  const { normalization: own, steps: preprocessing } = sidecar;
  const fits = { shape: volume.shape, normalization: own };
  if (resample && (expected === undefined || !voxelSizeKnown)) {
    throw badInput(
      `${path}: the voxel size of ${expected === undefined ? `${title}’s training` : 'the volume'} is not known; accepted: --fit none${expected === undefined ? '' : ', or --voxel-size'}`,
    );
  }
  if (other && !resample)
    steps.push(
      `Voxels are ${voxelSize[0]} Å; ${title} was trained at ${expected} Å (--fit resample brings them there).`,
    );
  const shape = volume.shape.map((n, axis) =>
    Math.max(1, Math.round((n * voxelSize[2 - axis]) / (expected ?? 1))),
  );
  const expectation =
    other && resample
      ? { ...fits, shape: [shape[0], shape[1], shape[2]] as const, voxelSize: expected }
      : fits;
  const fit = other && resample ? ('resample' as const) : ('none' as const);
  const raw = prepareInput(volume, expectation, { invert, fit, normalization: 'none' });
  const { volume: made, steps: scaling } = prepareInput(
    raw.volume,
    { shape: raw.volume.shape, normalization: own, steps: preprocessing },
    { normalization },
  );
  return {
    volume: { ...made, data: toFloat32(made.data) },
    raw: raw.volume,
    steps: [...steps, ...raw.steps],
    scaling,
    findings,
  };
}

/** `z,y,x`, whole numbers. */
export function threeNumbers(flag: string, text: string, what: string): Shape3 {
  const numbers = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : -1));
  if (numbers.length !== 3 || numbers.some((n) => n < 0))
    throw badInput(`--${flag} ${text}; accepted: ${what}, z,y,x`);
  return [numbers[0], numbers[1], numbers[2]];
}

/** Throws `bad-input` for a voxel outside. */
export function requireInside(flag: string, voxel: Shape3, shape: Shape3): void {
  if (voxel.some((n, axis) => n >= shape[axis])) {
    throw badInput(
      `--${flag} ${voxel.join(',')} lies outside the volume of ${boxText(shape)} voxels (x, y, z); accepted: z,y,x from 0 to ${shape.map((n) => n - 1).join(',')}`,
    );
  }
}
