import type { Compression } from './compression/unpack.ts';
import type { PictureFormatId } from '../picture/index.ts';
import type { Shape3, Vec3 } from './types.ts';

export type Severity = 'info' | 'warning' | 'error';

/** One thing that is unusual about a file and how it was interpreted, in plain words. */
export interface Finding {
  /** Stable name for tests and filters, e.g. `axis-order`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
}

/** Collects findings while a file is read. */
export class Findings {
  readonly list: Finding[] = [];
  info(code: string, message: string): void {
    this.list.push({ code, severity: 'info', message });
  }
  warning(code: string, message: string): void {
    this.list.push({ code, severity: 'warning', message });
  }
  error(code: string, message: string): void {
    this.list.push({ code, severity: 'error', message });
  }
}

/** Every format that is read; one row each in `formats.ts`. */
export type VolumeFormatId = 'mrc' | 'npy' | 'npz' | 'em' | 'tiff';
/** What is no single file; `ome-zarr` has its reader. */
export type HierarchyFormatId = 'ome-zarr';
export type { PictureFormatId };

/** How the sections of a file are meant to be read, where name and header leave a doubt. */
export type ReadAs = 'volume' | 'images';

export type VolumeKind = 'volume' | 'volume-stack' | 'image-stack' | 'image';

/** What the header of a file says, and how it was understood. */
export type VolumeHeader = Omit<VolumeReport, 'stats'>;

/** What a file holds; the JSON document of `respond-cam inspect`. */
export interface VolumeReport {
  readonly format: VolumeFormatId | PictureFormatId | HierarchyFormatId;
  readonly compression: Compression;
  readonly kind: VolumeKind;
  /** MRC mode; null for other formats. */
  readonly mode: number | null;
  /** Type of the stored values in words, e.g. "32-bit float". */
  readonly valueType: string;
  /** Shape of one volume `[nz, ny, nx]`, after permuting to x, y, z; `[n, ny, nx]` for an image stack. */
  readonly shape: Shape3;
  /** File axes (columns, rows, sections) as `x`, `y`, `z`, before permuting. */
  readonly axes: readonly [string, string, string];
  readonly endian: 'little' | 'big';
  /** Å along x, y, z; 1 along every axis where it is not known. */
  readonly voxelSize: Vec3;
  /** Whether the file or the user gives the voxel size. */
  readonly voxelSizeKnown: boolean;
  /** Å, centre of voxel (0, 0, 0). */
  readonly origin: Vec3;
  readonly spaceGroup: number | null;
  readonly extendedHeader: { readonly type: string | null; readonly bytes: number };
  /** Sections in the whole file (NZ of MRC). */
  readonly sections: number;
  /** Volumes in the file: above 1 only in a volume stack. */
  readonly volumes: number;
  readonly labels: readonly string[];
  /** Of all data in the file as read; `rms` is the deviation from the mean. */
  readonly stats: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly rms: number;
  };
  readonly findings: readonly Finding[];
}
