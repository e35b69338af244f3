import type { Finding } from '../volume/report.ts';
import type { Shape3, Vec3 } from '../volume/types.ts';

export type ParticleFormatId =
  | 'relion'
  | 'warp'
  | 'dynamo'
  | 'motive-list'
  | 'imod'
  | 'peet'
  | 'copick'
  | 'csv';

/**
 * How a list's coordinates are meant. Voxel `(0, 0, 0)` of the tomogram has its centre at `(0, 0, 0)`; `centre` counts
 * from the tomogram's centre, which stands at half its size.
 */
export interface CoordinateFrame {
  readonly unit: 'voxel' | 'Å';
  readonly from: 'corner' | 'centre';
  /** Å of one voxel that the coordinates count, where `unit` is `voxel`; null when the file does not say. */
  readonly voxelSize: number | null;
}

/** A tomogram that a list names. */
export interface ListedTomogram {
  readonly name: string;
  /** `[z, y, x]` voxels of {@link voxelSize}; null when the list does not say. */
  readonly shape: Shape3 | null;
  /** Å */
  readonly voxelSize: number | null;
}

/** Particles as a file lists them, one array per property; particle `i` has its coordinates at `3 i`. */
export interface ParticleList {
  readonly format: ParticleFormatId;
  readonly fileName: string;
  readonly count: number;
  /** x, y, z in {@link frame}, with the shifts of a refinement applied. */
  readonly coordinates: Float64Array;
  readonly frame: CoordinateFrame;
  /**
   * Rotation of the reference into the tomogram as a 3x3 matrix by rows (`tomogram = R reference`), nine numbers a
   * particle; null when the file has no angles.
   */
  readonly rotations: Float32Array | null;
  readonly tomograms: readonly ListedTomogram[];
  /** Index into {@link tomograms} of every particle; null when the file names none. */
  readonly tomogram: Int32Array | null;
  /** A class's name or number of every particle; null when the file has none. */
  readonly classes: { readonly names: readonly string[]; readonly index: Int32Array } | null;
  /** The file's own figure of merit; null when it has none. */
  readonly score: { readonly name: string; readonly values: Float32Array } | null;
  /** Number of the half set of every particle, 1 or 2 (`_rlnRandomSubset`); null when the file has none. */
  readonly half: Uint8Array | null;
  /** How boxes that were cut out before belong to the particles; null where the format has nothing of this kind. */
  readonly boxes: NumberedBoxes | null;
  /** What is unusual, and how units, centre and axes were read. */
  readonly findings: readonly Finding[];
}

/** Boxes distinguished by a number in their file's name. */
export interface NumberedBoxes {
  /** Of each particle. */
  readonly numbers: Float64Array;
  /** x, y, z in voxels of the box from its middle to the particle, three a particle. */
  readonly shifts: Float64Array;
}

/** A tomogram to place particles in. */
export interface TomogramGrid {
  /** `[z, y, x]` */
  readonly shape: Shape3;
  /** Å, x, y, z */
  readonly voxelSize: Vec3;
}
