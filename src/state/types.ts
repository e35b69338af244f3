import type { CamMap, CamMethod } from '../core/cam/types.ts';
import type { DensityStats } from '../core/color/index.ts';
import type { Panel } from '../core/session/index.ts';
import type { ListedSample } from '../core/simulate/lists.ts';
import type { OverlayAtoms } from '../core/structure/index.ts';
import type { ReadAs, VolumeReport } from '../core/volume/report.ts';
import type { Grid, SourceGrid } from '../core/volume/index.ts';
import type { FloatVolume, Shape3, SourceVolume, Volume } from '../core/volume/types.ts';
import type { Answer, ExplainState, PanelAnswer } from './explain.ts';
import type { PreparedVolume, PrepareRequest } from './prepare.ts';
import type { Tomograms } from './tomograms.ts';
import type { Engine, Progress, TaskOptions } from '../engine/types.ts';

/** Statistics of the samples as read, in the file's own units. */
export interface SampleStats extends DensityStats {
  /** Counts over equal bins between `min` and `max`. */
  readonly histogram: Uint32Array;
}

/** One volume as a reader hands it over. */
export interface OpenedVolume {
  readonly name: string;
  readonly volume: SourceVolume<Float32Array>;
  readonly report: VolumeReport;
  readonly stats: SampleStats;
  /** Red, green and blue of a colour picture, each on the grid of `volume`, which is their luminance. */
  readonly colour?: readonly Float32Array[];
  /** All voxels, where those of `volume` are averages of them. */
  readonly whole?: WholeVolume;
}

/** A volume of a file that is too large to be held, of which regions can be read. */
export interface WholeVolume {
  readonly grid: SourceGrid;
  readonly file: OpenedFile & { readonly source: Blob | string };
  /** Which of the file's volumes, from 0. */
  readonly index: number;
  /** Of all its values, which pads where the network's box is larger. */
  readonly mean: number;
}

/** A sample of the gallery, `public/samples/index.json`. */
export type GallerySample = ListedSample;

/** What a volume was read from; volumes of one file share it. */
export interface OpenedFile {
  readonly name: string;
  readonly source: Blob | string | Subtomogram;
  readonly reading: ReadingOptions;
}

export interface VolumeItem extends OpenedVolume {
  readonly id: string;
  readonly file: OpenedFile;
  readonly origin: 'gallery' | 'file' | 'url' | 'simulated' | 'tile';
  readonly sample?: GallerySample;
  /** Name of the true class, where an evaluation knows it. */
  readonly truth?: string;
  /** Of a part of a segmented volume. */
  readonly tile?: TileOf;
  /** Of a particle's box. */
  readonly particle?: ParticleOf;
}

/** Which particle a box is of. */
export interface ParticleOf {
  /** Position among the placed particles. */
  readonly k: number;
  /** Row of the list, from 1. */
  readonly row: number;
  /** Name of the list's file. */
  readonly list: string;
  readonly className: string | null;
}

/** What a tile was cut out of, and why. */
export interface TileOf {
  readonly wholeId: string;
  /** What it lies around, e.g. "component 3, ribosome". */
  readonly words: string;
  /** Of the class that is asked about; 0 for the background. */
  readonly label: number;
  /** Where the network's output for it lies. */
  readonly output: Grid;
  /** What is asked about it whenever it is shown. */
  readonly question: Pick<ExplainState, 'aim' | 'classIndex'>;
}

/** One simulated subtomogram of the bundled templates; these values decide it completely. */
export interface Subtomogram {
  /** Variance of the signal over that of the noise; Infinity is noise-free. */
  readonly snr: number;
  readonly seed: number;
  /** Position among the templates. */
  readonly classIndex: number;
  /** Index in the seeded series of the class. */
  readonly item: number;
  /** What it is called when it is opened. */
  readonly name: string;
}

/** What the user says about a file, whatever it says itself. */
export interface ReadingOptions {
  /** What its sections are; by name and header when not given. */
  readonly readAs?: ReadAs;
  /** Å. */
  readonly voxelSize?: number;
  /** Only this volume of a set, from 0. */
  readonly volume?: number;
}

/** What is needed of a volume to prepare it. */
export type Preparable = Pick<OpenedVolume, 'volume' | 'whole' | 'colour'>;

/** What the outside world does for the stores; tests pass fakes. */
export interface Services {
  /** Address that the paths in the app's own lists start from. */
  readonly base: string;
  readonly engine: Engine;
  readonly tomograms: Tomograms;
  /** Reads one file off the main thread; a stack gives several volumes. */
  openVolume(
    name: string,
    source: Blob | string,
    options?: TaskOptions & ReadingOptions,
  ): Promise<OpenedVolume[]>;
  /** How many volumes a file holds, by its header; 1 where it cannot be read. */
  countVolumes(name: string, source: Blob): Promise<number>;
  /** Draws a subtomogram off the main thread, as if its file had been opened. */
  simulate(wanted: Subtomogram, options?: TaskOptions): Promise<OpenedVolume[]>;
  /**
   * Brings a volume onto the network's grid; large volumes off the main thread. Of one whose voxels are
   * averages, the file itself is read where what the network needs of it can be held.
   */
  prepare(opened: Preparable, request: PrepareRequest): Promise<PreparedVolume>;
  /** The atoms of a coordinate file. Throws `bad-file`. */
  openStructure(name: string, source: Blob): Promise<OverlayAtoms>;
  fetchJson(url: string): Promise<unknown>;
}

/** One heatmap as a view shows it. */
export interface ShownMap {
  readonly method: CamMethod;
  readonly classIndex: number;
  /** The layer at which it stands: for maps of the input, the input. */
  readonly layer: string;
  /** What was taken away from it: another map, or the mean over all classes. */
  readonly minus: Pick<ShownMap, 'method' | 'classIndex' | 'layer'> | 'mean' | null;
  /** At its own resolution, unscaled. */
  readonly map: CamMap;
  /** Of the map, `[z, y, x]`. */
  readonly gridShape: Shape3;
  /** The map resampled onto the grid of {@link Display.volume}. */
  readonly heatmap: FloatVolume;
  /** The same as it is drawn: interpolated, or in blocks where the panel shows the voxels of the layer. */
  readonly drawn: FloatVolume;
  /** `max |L|` of this map. */
  readonly peak: number;
  /** Half-range of the colour scale: colours run over `[-limit, +limit]`. */
  readonly limit: number;
  /** Other columns have the same scale. */
  readonly shared: boolean;
  /** Magnitudes of the iso-levels in units of the map, ascending; the sign choice applies to them. */
  readonly levels: readonly number[];
}

/** What a column's panel waits for, or why it has no map. */
export interface ColumnState {
  readonly status: PanelAnswer['status'];
  readonly progress: Progress | null;
  readonly error: string | null;
}

/** What is drawn of a volume in a column. */
export interface ShownDensity {
  /** As the network sees it (inverted, cropped or resampled as chosen), not normalised. */
  readonly volume: SourceVolume<Float32Array> | null;
  readonly volumeStats: DensityStats | null;
  /** Red, green and blue on the grid of `volume`, of a colour picture. */
  readonly colour: readonly Float32Array[] | null;
  /** Density of the isosurface, in the units of `volume`; negative for dark density. */
  readonly inputIso: number | null;
}

/** Voxels whose scores are added up, where a part of the volume was chosen. */
export type Marked = Volume<Uint8Array>;

/** One column of the explain page. */
export interface Column extends ShownDensity {
  /** {@link INPUT_COLUMN}, or that of the panel. */
  readonly id: string;
  /** What is explained, on the grid of the network's output; null where the whole volume or a single number is. */
  readonly marked: Marked | null;
  /** Null in the input's column. */
  readonly panel: Panel | null;
  readonly shown: ShownMap | null;
  /** What the map belongs to. */
  readonly answer: Answer | null;
  /** The map is of another question than the one asked; the new one is on its way. */
  readonly stale: boolean;
  /** Of a panel that asks something else than the header; those that ask the same wait with it. */
  readonly own: ColumnState | null;
}

/** The column that shows the volume alone. */
export const INPUT_COLUMN = 'input';

/** Everything the columns show, derived from the stores. Density and answer are the header's. */
export interface Display extends ShownDensity {
  readonly volumeId: string | null;
  /** The input first. */
  readonly columns: readonly Column[];
  /** Columns by the colour scale that they share, in their order. */
  readonly scales: readonly (readonly MapColumn[])[];
  /** What the header asks, as far as it is answered. */
  readonly answer: Answer | null;
  /** The maps are of another network or layer than asked for; the new ones are on their way. */
  readonly stale: boolean;
}

/** A column with a map. */
export type MapColumn = Column & {
  readonly shown: ShownMap;
  readonly answer: Answer;
  readonly panel: Panel;
};
