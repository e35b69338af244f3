import { computeStats, type NumberArray, type VolumeStats } from './stats.ts';
import type { FloatVolume, Shape3, Vec3, Volume } from './types.ts';

export type Normalization = 'none' | 'zscore' | 'unit-variance';

/** The values as float32; the same array when they are already. */
export function toFloat32(data: NumberArray): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** The volume with float32 values; the same volume when it has them already. */
export function floatVolume(volume: Volume): FloatVolume {
  return { ...volume, data: toFloat32(volume.data) };
}

/** A copy with NaN and infinite values replaced by `value`. */
export function replaceNonFinite(data: NumberArray, value: number): Float32Array {
  return Float32Array.from(data, (v) => (Number.isFinite(v) ? v : value));
}

/** A copy mirrored about its mean, so dark density becomes bright and the mean stays. */
export function invertContrast(data: Float32Array, mean: number): Float32Array {
  return data.map((value) => 2 * mean - value);
}

/**
 * A scaled copy: `zscore` = (v - mean) / std; `unit-variance` = v / std, which keeps the zero level.
 * A constant volume has no spread to divide by and is only shifted (`zscore`) or left as it is.
 */
export function normalize(
  data: Float32Array,
  kind: Normalization,
  stats: VolumeStats = computeStats(data),
): Float32Array {
  const shift = kind === 'zscore' ? stats.mean : 0;
  const scale = kind !== 'none' && stats.std > 0 ? 1 / stats.std : 1;
  return data.map((value) => (value - shift) * scale);
}

/**
 * Cuts or extends the box to `shape` about its middle voxel `floor(n / 2)`, the usual centre of
 * rotation; new voxels get `fill`. World coordinates of the kept voxels do not change.
 */
export function cropPad(volume: FloatVolume, shape: Shape3, fill: number): FloatVolume {
  const [nz, ny, nx] = volume.shape;
  const [mz, my, mx] = shape;
  // voxel 0 of the result is voxel `first` of the source
  const first = [0, 1, 2].map(
    (axis) => Math.floor(volume.shape[axis] / 2) - Math.floor(shape[axis] / 2),
  );
  const data = new Float32Array(mz * my * mx).fill(fill);
  const from = Math.max(0, first[2]);
  const to = Math.min(nx, first[2] + mx);
  for (let k = 0; k < mz; k++) {
    const z = k + first[0];
    if (z < 0 || z >= nz) continue;
    for (let j = 0; j < my; j++) {
      const y = j + first[1];
      if (y < 0 || y >= ny || from >= to) continue;
      const row = (z * ny + y) * nx;
      data.set(
        volume.data.subarray(row + from, row + to),
        (k * my + j) * mx + Math.max(0, -first[2]),
      );
    }
  }
  const { origin, voxelSize } = volume;
  const moved: Vec3 = [
    origin[0] + first[2] * voxelSize[0],
    origin[1] + first[1] * voxelSize[1],
    origin[2] + first[0] * voxelSize[2],
  ];
  return { data, shape, voxelSize, origin: moved };
}
