import type { VoxelArray } from './types.ts';
import type { Findings, VolumeHeader } from './report.ts';
import type { VolumeStats } from './stats.ts';

export type Triple = readonly [number, number, number];

/** Where the values of a file lie in it, known from its header alone. */
export interface RawLayout {
  readonly dataOffset: number;
  readonly dataBytes: number;
  /** Columns, rows and sections as stored, the columns fastest. */
  readonly size: Triple;
  /** Which of x, y, z (1, 2, 3) columns, rows and sections run along. */
  readonly axes: Triple;
  /** Whole bytes of one row; null where rows share bytes, so that the data can only be read whole. */
  readonly rowBytes: number | null;
}

/** Looks at the bytes of a file before they are decoded. */
export interface Survey {
  add(raw: Uint8Array): void;
  /** @param whole whether it has seen all of them */
  done(whole: boolean): void;
}

/** How one file is read: everything that its header decides, before any value is. */
export interface VolumePlan {
  readonly fileName: string;
  readonly header: VolumeHeader;
  readonly layout: RawLayout;
  /** The list of `header`, to which reading the values may add. */
  readonly findings: Findings;
  /** Where bytes together decide what they mean (the sign of bytes): sees them before `decode`. */
  readonly survey?: Survey;
  /** Type of the stored values in words; final once `survey` is done. */
  valueType(): string;
  /** Values in file order, of whole rows from their bytes; a view of them where it can be. */
  decode(raw: Uint8Array): VoxelArray;
  /** Compares the header with the values of the whole file. */
  compare(stats: VolumeStats): void;
}

/**
 * Reorders from (columns, rows, sections) to (x, y, z), x fastest; `axes` says which of x, y, z
 * (1, 2, 3) each runs along. Returns the same array when there is nothing to do.
 */
export function permuteToXyz<A extends VoxelArray>(data: A, size: Triple, axes: Triple): A {
  if (axes[0] === 1 && axes[1] === 2) return data;
  const extent = toXyz(size, axes);
  const strides = [1, extent[0], extent[0] * extent[1]];
  const [columnStep, rowStep, sectionStep] = axes.map((axis) => strides[axis - 1]);
  const out = data.slice() as A;
  let from = 0;
  for (let section = 0; section < size[2]; section++) {
    for (let row = 0; row < size[1]; row++) {
      let to = section * sectionStep + row * rowStep;
      for (let column = 0; column < size[0]; column++, to += columnStep) out[to] = data[from++];
    }
  }
  return out;
}

/** Takes values given along columns, rows, sections to x, y, z. */
export function toXyz(values: Triple, axes: Triple): [number, number, number] {
  const out: [number, number, number] = [0, 0, 0];
  axes.forEach((axis, i) => {
    out[axis - 1] = values[i];
  });
  return out;
}
