import type { Matrix3 } from '../particles/rotation.ts';
import type { Vec3 } from '../volume/types.ts';

export interface StarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How one projection of a particle was taken. */
export interface Tilt {
  /** Takes the tomogram's axes into those of the image, whose third is the beam. */
  readonly rotation: Matrix3;
  /** x, y in Å from the middle of the image, pixel `[size / 2, size / 2]`, to the particle. */
  readonly shift: readonly [number, number];
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
  /** Degrees that a phase plate adds. */
  readonly phase: number;
}

/** What the tilts of a series have in common. */
export interface SubTiltOptics {
  /** kV */
  readonly voltage: number;
  /** mm */
  readonly sphericalAberration: number;
  readonly amplitudeContrast: number;
}

/** A particle that a list gives as the projections of it. */
export interface SubTiltParticle {
  /** Row of the list, from 0. */
  readonly row: number;
  /** As the list names it. */
  readonly image: string;
  readonly tomogram: string;
  /** Whether it is seen in each image of the tilt series. */
  readonly visible: readonly boolean[];
  /** Where each projection has a row of its own; null: see `tiltsOfParticle`. */
  readonly own: OwnTilts | null;
  /** Å from the tomogram's centre or its corner to the middle of the projections; null where the list does not say. */
  readonly place: { readonly at: Vec3; readonly from: 'centre' | 'corner' } | null;
  /** Å from there to the particle, along the tomogram's axes. */
  readonly offset: Vec3;
  /** Of the reference into the tomogram; null without angles. */
  readonly rotation: Matrix3 | null;
  /** A class's name; null without one. */
  readonly class: string | null;
  readonly group: number;
}

/** The projections of a particle that a list gives one by one. */
export interface OwnTilts {
  /** Of the list, from 0. */
  readonly rows: readonly number[];
  /** Of its stack, from 0. */
  readonly sections: readonly number[];
  readonly tilts: readonly Tilt[];
}

export interface OpticsGroup {
  /** Å */
  readonly pixelSize: number;
  readonly optics: SubTiltOptics;
  readonly multiplied: boolean;
}

/** Particles that a STAR file of RELION 5, Warp or M gives as stacks of projections. */
export interface SubTiltList {
  readonly fileName: string;
  readonly particles: readonly SubTiltParticle[];
  /** By number of the optics group. */
  readonly groups: ReadonlyMap<number, OpticsGroup>;
}

/** The projections of one particle. */
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
  /** Sections around the middle that are wanted; all of them where none is given. */
  readonly depth?: number;
  /** Å */
  readonly voxelSize: number;
  /** Of the reference into the tomogram, to turn the box with the particle; null keeps the tomogram's axes. */
  readonly rotation: Matrix3 | null;
  readonly transfer: TransferUse;
}

/** What becomes of the contrast transfer: corrected for, in the box as it is in an image, or its square as in RELION's. */
export const TRANSFERS = ['corrected', 'kept', 'squared'] as const;
export type TransferUse = (typeof TRANSFERS)[number];
