import type { ParticleFormatId, ParticleList } from '../core/particles/index.ts';
import type { TransferUse } from '../core/subtilt/index.ts';
import type {
  RegionRequest,
  SlicePicture,
  SliceRequest,
  TomogramRegion,
} from '../core/tomogram/index.ts';
import type { Finding, Shape3, SourceGrid, Vec3 } from '../core/volume/index.ts';
import type { InputExpectation } from '../core/volume/index.ts';
import type { TaskOptions } from '../engine/types.ts';

/** A file with its path from the folder that was dropped or chosen. */
export interface PlacedFile {
  readonly path: string;
  readonly file: Blob;
}

/** What a tomogram is read from; the same object stays the same tomogram. */
export interface TomogramSource {
  readonly kind: 'tomogram';
  readonly id: number;
  readonly name: string;
  /** One volume file or zip archive, the files of a folder, or the address of one of these. */
  readonly from: readonly PlacedFile[] | string;
  /** Å, instead of what the file says. */
  readonly voxelSize?: number;
}

/** Stacks of projections that a list gives its particles as; the same object stays the same particles. */
export interface ProjectionsSource {
  readonly kind: 'projections';
  readonly id: number;
  readonly list: PlacedFile;
  /** Stacks, the `tomograms.star` and the tilt-series files that it names, and whatever came with them. */
  readonly beside: readonly PlacedFile[];
  readonly transfer: TransferUse;
}

/** What the boxes of particles are made of. */
export type BoxSource = TomogramSource | ProjectionsSource;

/** What there is of the projections that a list names. */
export interface ProjectionsInfo {
  /** 1 for each particle that has all it needs. */
  readonly there: Uint8Array;
  /** What is missing, and how they are read. */
  readonly findings: readonly Finding[];
}

/** One particle as its projections, and brought together. */
export interface ProjectedParticle {
  /** Neither turned nor normalised. */
  readonly box: CutBox['grid'] & { readonly values: Float32Array };
  /** `[tilts, size, size]`, row 0 with the smallest y. */
  readonly images: Float32Array;
  readonly size: number;
  /** Å */
  readonly pixelSize: number;
  /** Degrees, one for each projection. */
  readonly angles: readonly number[];
  /** How they were brought together, a sentence. */
  readonly made: string;
}

/** A tomogram that parts can be asked of. */
export interface TomogramInfo {
  readonly source: TomogramSource;
  readonly grid: SourceGrid;
  /** E.g. "MRC/CCP4". */
  readonly format: string;
  readonly valueType: string;
  /** Å along x of every level that can be read, the finest first. */
  readonly levels: readonly number[];
  /** About the file and what was read of it so far. */
  readonly findings: readonly Finding[];
}

/** Boxes around places, cut out as a network sees them. */
export interface BoxesRequest {
  /** x, y, z in Å from the centre of the tomogram's first voxel, three numbers each. */
  readonly positions: Float64Array;
  /** Of the list, from 0. */
  readonly rows: Uint32Array;
  /** Nine numbers each, to turn the boxes; null leaves the tomogram's axes. */
  readonly rotations: Float32Array | null;
  readonly shape: Shape3;
  /** Å; null for that of what they are made of. */
  readonly voxelSize: number | null;
  readonly expectation: Pick<InputExpectation, 'normalization' | 'steps'>;
  readonly invert: boolean;
}

/** One box. */
export interface CutBox {
  /** As the network sees it. */
  readonly input: Float32Array;
  /** Before it was normalised. */
  readonly values: Float32Array;
  readonly grid: SourceGrid;
  /** About how it was made. */
  readonly findings: readonly Finding[];
}

/** Why a particle has no box: what it is made of is missing or damaged. */
export interface NoBox {
  readonly reason: string;
}

/** Pictures of the middle of boxes. */
export interface ThumbnailsRequest {
  readonly positions: Float64Array;
  /** Of the list, from 0. */
  readonly rows: Uint32Array;
  /** Å along an edge. */
  readonly edge: number;
  /** Å of a pixel. */
  readonly pixel: number;
  /** Averaged through the middle, Å. */
  readonly thickness: number;
}

export interface Thumbnails {
  readonly side: number;
  /** `[n, side, side]`, row 0 with the smallest y; NaN where there is no box. */
  readonly data: Float32Array;
}

/** A list as it was read. */
export interface ReadList {
  readonly list: ParticleList;
  /** Whether it gives each particle as a stack of projections, too. */
  readonly projections: boolean;
}

export interface SliceAnswer {
  /** Null while that slice cannot be had without the coarser levels. */
  readonly picture: SlicePicture | null;
  /** About the file and what was read of it so far. */
  readonly findings: readonly Finding[];
}

/** Reads tomograms off the main thread, part by part. Every method rejects with an `AppError`. */
export interface Tomograms {
  open(source: TomogramSource, options?: TaskOptions): Promise<TomogramInfo>;
  /** Makes the coarser levels; what can be read is more afterwards. */
  average(source: TomogramSource, options?: TaskOptions): Promise<TomogramInfo>;
  slice(source: TomogramSource, request: SliceRequest, options?: TaskOptions): Promise<SliceAnswer>;
  /** Null while a region cannot be had without the coarser levels. */
  region(
    source: TomogramSource,
    request: RegionRequest,
    options?: TaskOptions,
  ): Promise<TomogramRegion | null>;
  boxes(
    source: BoxSource,
    request: BoxesRequest,
    options?: TaskOptions,
  ): Promise<readonly (CutBox | NoBox)[]>;
  /** Looks for what the projections of a list need among their files. */
  projections(source: ProjectionsSource): Promise<ProjectionsInfo>;
  /** A particle of a list in a box `edge` Å wide, with its projections. */
  projected(
    source: ProjectionsSource,
    row: number,
    edge: number,
    options?: TaskOptions,
  ): Promise<ProjectedParticle>;
  thumbnails(
    source: BoxSource,
    request: ThumbnailsRequest,
    options?: TaskOptions,
  ): Promise<Thumbnails>;
  /** Reads a list of particles, of copick's picks from several files; `beside` are files that may belong to it. */
  readList(files: readonly PlacedFile[], beside: readonly PlacedFile[]): Promise<ReadList>;
  /** The list's file with the chosen rows alone, in ascending order; a zip archive of several files. */
  selectRows(
    files: readonly PlacedFile[],
    format: ParticleFormatId,
    rows: Uint32Array,
  ): Promise<Uint8Array>;
  /** A small simulated tomogram and the list of what stands in it. */
  example(options?: TaskOptions): Promise<readonly PlacedFile[]>;
  /** Forgets a tomogram, or projections. */
  close(source: BoxSource): Promise<void>;
}

/** Å of the finest voxels, which are cubes nearly always. */
export const voxelOf = ({ grid }: Pick<TomogramInfo, 'grid'>): number =>
  Math.max(...(grid.voxelSize as readonly number[] as Vec3));
