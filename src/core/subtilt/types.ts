import type { Matrix3 } from '../particles/rotation.ts';

/** How one projection of a particle was taken. */
export interface Tilt {
  /** Takes the tomogram's axes into those of the image, whose third is the beam. */
  readonly rotation: Matrix3;
  /** Electrons per Å² before it; null where that is not known. */
  readonly dose: number | null;
  /** What is known of its contrast transfer. */
  readonly focus: Focus | null;
}

/** Å, underfocus positive; the angle is that of the first axis from x, degrees. */
export interface Focus {
  readonly u: number;
  readonly v: number;
  readonly angle: number;
  /** By what its amplitude is lower than that of the best tilt, e.g. as ice is thicker along the beam. */
  readonly scale: number;
}

/** What the tilts of a series have in common. */
export interface SubTiltOptics {
  /** kV */
  readonly voltage: number;
  /** mm */
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
}

/** The projections of one particle, whose centre stands at pixel `[size / 2, size / 2]` of each. */
export interface SubTiltStack {
  /** `[tilts, size, size]` */
  readonly images: Float32Array;
  readonly size: number;
  /** Å */
  readonly pixelSize: number;
  readonly tilts: readonly Tilt[];
  readonly optics: SubTiltOptics;
  /** Whether the images have been multiplied with their contrast transfer and dose weight already, as RELION's. */
  readonly multiplied: boolean;
}

/** The box that the projections are brought together in; the particle stands in its middle. */
export interface SubTiltBox {
  /** Voxels along each edge. */
  readonly size: number;
  /** Å */
  readonly voxelSize: number;
  /** Of the reference into the tomogram, to turn the box with the particle; null keeps the tomogram's axes. */
  readonly rotation: Matrix3 | null;
  readonly transfer: TransferUse;
}

/** What becomes of the contrast transfer: corrected for, in the box as it is in an image, or its square as in RELION's. */
export const TRANSFERS = ['corrected', 'kept', 'squared'] as const;
export type TransferUse = (typeof TRANSFERS)[number];
