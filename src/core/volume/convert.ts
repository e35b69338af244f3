import { badFile } from '../errors.ts';
import { isPictureScaling, type PictureScaling, scaleSamples } from './scaling.ts';
import { computeStats, type NumberArray, type VolumeStats } from './stats.ts';
import type { FloatVolume, Shape3, Vec3, Volume, VoxelArray } from './types.ts';
import { withMinus } from '../minus.ts';
import { mapTo } from '../typed-arrays.ts';

/** How values are scaled before a network sees them: by their own statistics, or as samples of pictures. */
export const NORMALIZATIONS = [
  'none',
  'zscore',
  'unit-variance',
  'unit',
  'signed',
  'imagenet',
  'caffe',
] as const satisfies readonly ('none' | 'zscore' | 'unit-variance' | PictureScaling)[];
export type NamedNormalization = (typeof NORMALIZATIONS)[number];
/** One of these, or steps that are given beside it. */
export type Normalization = NamedNormalization | 'preprocessing';

/** The values as float32; the same array when they are already. */
export function toFloat32(data: NumberArray): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** From here on a number is infinite as a 32-bit float. */
const BEYOND_FLOAT = 3.4028235677973366e38;

/** Wider numbers as float32; throws `bad-file` for a finite value that is none as a 32-bit float. */
export function narrow(data: NumberArray, fileName: string): VoxelArray {
  if (data instanceof Int32Array || data instanceof Uint32Array) return Float32Array.from(data);
  if (!(data instanceof Float64Array)) return data;
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (Math.abs(value) >= BEYOND_FLOAT && Number.isFinite(value)) {
      throw badFile(
        fileName,
        `it holds the value ${withMinus(value.toPrecision(3))}; perhaps the byte order in its header is wrong`,
        'values within the range of 32-bit floats (up to 3.4e38)',
      );
    }
    out[i] = value;
  }
  return out;
}

/** The volume with float32 values; the same volume when it has them already. */
export function floatVolume<V extends Volume>(
  volume: V,
): Omit<V, 'data'> & { readonly data: Float32Array } {
  return { ...volume, data: toFloat32(volume.data) };
}

/** A copy with NaN and infinite values replaced by `value`. */
export function replaceNonFinite(data: NumberArray, value: number): Float32Array {
  return mapTo(new Float32Array(data.length), data, (v) => (Number.isFinite(v) ? v : value));
}

/** A copy mirrored about its mean, so dark density becomes bright and the mean stays. */
export function invertContrast(data: Float32Array, mean: number): Float32Array {
  return data.map((value) => 2 * mean - value);
}

/**
 * A scaled copy: `zscore` = (v - mean) / std; `unit-variance` = v / std, which keeps the zero level.
 * A constant volume has no spread to divide by and is only shifted (`zscore`) or left as it is. Those of
 * pictures scale samples 0 to 255, of `channels` values for each voxel.
 */
export function normalize(
  data: Float32Array,
  kind: NamedNormalization,
  stats: VolumeStats = computeStats(data),
  channels = 1,
): Float32Array {
  if (isPictureScaling(kind)) return scaleSamples(data, kind, channels);
  const shift = kind === 'zscore' ? stats.mean : 0;
  const scale = kind !== 'none' && stats.std > 0 ? 1 / stats.std : 1;
  return data.map((value) => (value - shift) * scale);
}

/**
 * Cuts or extends the box to `shape` about its middle voxel `floor(n / 2)`, the usual centre of
 * rotation; new voxels get `fill`. World coordinates of the kept voxels do not change.
 */
export function cropPad(volume: FloatVolume, shape: Shape3, fill: number): FloatVolume {
  // voxel `at` of the result is voxel 0 of the source
  const at = [0, 1, 2].map(
    (axis) => Math.floor(shape[axis] / 2) - Math.floor(volume.shape[axis] / 2),
  );
  const data = paste(volume, [at[0], at[1], at[2]], shape, fill);
  const { origin, voxelSize } = volume;
  const moved: Vec3 = [
    origin[0] - at[2] * voxelSize[0],
    origin[1] - at[1] * voxelSize[1],
    origin[2] - at[0] * voxelSize[2],
  ];
  return { data, shape, voxelSize, origin: moved };
}

/** A box of `shape` filled with `fill`, over it the volume with its voxel 0 at voxel `at`. */
export function paste(
  { data, shape: [nz, ny, nx] }: Pick<Volume, 'data' | 'shape'>,
  at: Shape3,
  shape: Shape3,
  fill: number,
): Float32Array<ArrayBuffer> {
  const [mz, my, mx] = shape;
  const out = new Float32Array(mz * my * mx).fill(fill);
  const from = Math.max(0, -at[2]);
  const to = Math.min(nx, mx - at[2]);
  if (from >= to) return out;
  for (let z = Math.max(0, -at[0]); z < Math.min(nz, mz - at[0]); z++) {
    for (let y = Math.max(0, -at[1]); y < Math.min(ny, my - at[1]); y++) {
      const row = (z * ny + y) * nx;
      const into = ((z + at[0]) * my + y + at[1]) * mx + at[2];
      out.set(data.subarray(row + from, row + to), into + from);
    }
  }
  return out;
}
