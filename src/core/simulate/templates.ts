import type { FloatVolume } from '../volume/types.ts';

/** One structural class: what is simulated. */
export interface Template {
  readonly id: string;
  readonly name: string;
  /** Cubic, molecule positive, centred in the box. */
  readonly volume: FloatVolume;
}

/** One row of `public/templates/index.json`. */
export interface TemplateEntry {
  readonly id: string;
  readonly name: string;
  /** MRC file beside the index. */
  readonly file: string;
  readonly from: 'atoms' | 'map';
  /** Atoms without hydrogens and water, assembly operators applied. */
  readonly atoms?: number;
  readonly massKDa: number;
  /** Å, of the template's density. */
  readonly radiusOfGyration: number;
  /** How the source file was read. */
  readonly interpretation: string;
  readonly source: string;
  readonly licence: string;
}

/** `public/templates/index.json`; the order of `classes` is the order of the networks' outputs. */
export interface TemplateIndex {
  /** Å. */
  readonly voxelSize: number;
  /** Å; low-pass filter. */
  readonly resolution: number;
  /** Voxels along each edge. */
  readonly box: number;
  /** The molecule is positive in template files. */
  readonly contrast: 'bright';
  readonly unit: string;
  readonly classes: readonly TemplateEntry[];
}
