import { badInput } from '../errors.ts';
import type { Quaternion } from './rotation.ts';
import type { SnrFigures } from './snr.ts';
import type { SimulationSpec } from './spec.ts';

export type Split = 'train' | 'validation' | 'test';

/** One volume of a dataset folder. */
export interface DatasetItem {
  /** Path relative to the index, with forward slashes. */
  readonly file: string;
  /** Position in `classes`. */
  readonly class: number;
  /** Index in the seeded series of its class. */
  readonly index: number;
  readonly split: Split;
  /** Orientation of the molecule. */
  readonly rotation: Quaternion;
  /** Displacement of its centre from the middle of the box along x, y, z, Å. */
  readonly shift: readonly [x: number, y: number, z: number];
}

/** `index.json` of a dataset folder: everything needed to make it again. */
export interface DatasetIndex {
  readonly format: 'respond-cam-dataset';
  readonly version: 1;
  /** The molecule is negative. */
  readonly contrast: 'dark';
  /** Å. */
  readonly voxelSize: number;
  /** Voxels along each edge. */
  readonly box: number;
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  /** `snr` is the string "inf" for no noise, since JSON has no infinity. */
  readonly spec: Omit<SimulationSpec, 'snr' | 'snrBand'> & {
    readonly snr: number | 'inf';
    /** Å; absent where the SNR is of the whole box. */
    readonly snrBand?: number;
  };
  /** The SNR over the whole box and after the templates' low-pass; absent in older sets. */
  readonly snr?: SnrFigures;
  /** Hash of the densities of `classes`. */
  readonly templates: string;
  /** Positions in `classes` of those that are drawn. */
  readonly drawn: readonly number[];
  /** Volumes of each class when the set is complete. */
  readonly perClass: number;
  /** The volumes that are there; fewer than `drawn.length * perClass` when it was stopped. */
  readonly items: readonly DatasetItem[];
}

/**
 * Which part of a class of `n` volumes item `i` belongs to: the last fifth is for testing, the last
 * fifth of the rest for validation (train : test 4 : 1, and 20% of train; MICCAI 2018, section 3).
 */
export function splitOf(i: number, n: number): Split {
  const train = Math.round(0.8 * n);
  if (i >= train) return 'test';
  return i >= Math.round(0.8 * train) ? 'validation' : 'train';
}

/** The specification as JSON can hold it. */
export function jsonSpec(spec: SimulationSpec): DatasetIndex['spec'] {
  const { snr, snrBand, ...rest } = spec;
  return {
    ...rest,
    snr: Number.isFinite(snr) ? snr : 'inf',
    ...(snrBand === null ? {} : { snrBand }),
  };
}

/** @throws AppError 'bad-input' for anything but a number above 0 or "inf". */
export function parseSnr(text: string): number {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0) return value;
  throw badInput(`The SNR '${text}' is impossible; accepted: a variance ratio above 0, or inf.`);
}

/** One volume of the gallery: an element of the list in `public/samples/index.json`. */
export interface SampleEntry {
  readonly id: string;
  /** MRC file, relative to the app's address. */
  readonly path: string;
  readonly title: string;
  readonly classId: string;
  readonly className: string;
  /** Position among the classes of the networks. */
  readonly classIndex: number;
  readonly snr: number | 'inf';
  readonly index: number;
  readonly rotation: Quaternion;
  /** Å along x, y, z. */
  readonly shift: readonly [x: number, y: number, z: number];
  /** With `classId` and `index`, everything needed to make the volume again. */
  readonly spec: DatasetIndex['spec'];
}
