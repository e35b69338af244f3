/** Sizes or positions along x, y, z. */
export type Vec3 = readonly [x: number, y: number, z: number];

/** Voxel counts `[nz, ny, nx]`; x is the fastest axis in memory. */
export type Shape3 = readonly [nz: number, ny: number, nx: number];

export type VoxelArray = Float32Array | Int8Array | Uint8Array | Int16Array | Uint16Array;

/**
 * A density on a regular grid: `data[(z * ny + y) * nx + x]`.
 *
 * World coordinates are in Å, right-handed, z along the beam; the centre of voxel `(x, y, z)` lies at
 * `origin + (x, y, z) * voxelSize`.
 */
export interface Volume<Data extends VoxelArray = VoxelArray> {
  readonly data: Data;
  readonly shape: Shape3;
  /** Å per voxel along x, y, z; always positive. */
  readonly voxelSize: Vec3;
  /** Å; world position of the centre of voxel (0, 0, 0). */
  readonly origin: Vec3;
  /** Row 0 is the top one, as in pictures; otherwise y points up. */
  readonly rowsDown?: boolean;
}

/** A volume whose samples are 32-bit floats, which is what networks and surfaces take. */
export type FloatVolume = Volume<Float32Array>;

/** A volume together with whether anything says how large its voxels are. */
export interface SourceVolume<Data extends VoxelArray = VoxelArray> extends Volume<Data> {
  /** False where nothing gives the voxel size; `voxelSize` then holds proportions only, at 1 Å. */
  readonly voxelSizeKnown: boolean;
}
