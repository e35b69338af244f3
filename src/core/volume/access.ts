import { badFile } from '../errors.ts';
import { binnedGrid, createBinner } from './binner.ts';
import { compressionOf, unpackedHead } from './compression/unpack.ts';
import {
  checkIndex,
  conclude,
  reportValues,
  requireFinite,
  type VolumeFile,
  volumeOf,
} from './file.ts';
import { HEAD_BYTES, isArchive } from './formats.ts';
import { permuteToXyz, toXyz, type Triple, type VolumePlan } from './layout.ts';
import { givenVoxelSize, type OpenOptions, openVolumeFile, requireFormat } from './open.ts';
import { gridOfRegion, type Region, sameType, takeRegion, wholeRegion } from './region.ts';
import { type Finding, Findings, type VolumeHeader, type VolumeReport } from './report.ts';
import { computeStats, statsOfParts, type VolumeStats } from './stats.ts';
import type { SourceVolume, VoxelArray } from './types.ts';

/** The bytes of a file, of which any range can be read. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Bytes `[from, to)`; as many as there are when the file has become shorter. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Some of the values of one volume. */
export interface VolumePart {
  /** Values as stored, also those that are not finite. */
  readonly volume: SourceVolume;
  /** Of the values read. */
  readonly stats: VolumeStats;
  /** What is unusual about the file and about the values read. */
  readonly findings: readonly Finding[];
}

/** An opened file: its header is known, values are read when they are asked for. */
export interface VolumeAccess {
  readonly fileName: string;
  /** Without the findings about values that were not read. */
  readonly header: VolumeHeader;
  /** Whether the file is in memory already, so that reading a part costs nothing. */
  readonly inMemory: boolean;
  /** A region of a volume, counted from 0; all of it when no region is given. */
  read(volume: number, region?: Region): Promise<VolumePart>;
  /** All of a volume, each voxel the mean of a block of `factor` voxels along each edge. */
  readBinned(volume: number, factor: number): Promise<VolumePart>;
  /** Statistics of all of a volume. */
  stats(volume: number): Promise<VolumeStats>;
  /** The report on all values of the file. */
  report(): Promise<VolumeReport>;
}

/** Files up to this size are read whole at once. */
const SMALL_BYTES = 4 * 2 ** 20;
/** Bytes that are read at a time of larger files. */
const CHUNK_BYTES = 16 * 2 ** 20;
/** Bytes that are looked at before any are decoded, where it takes that; of larger files they are spread over all. */
const SURVEYED_BYTES = 64 * 2 ** 20;
/** Packed files are read whole, so they have a limit of their own. */
const MAX_PACKED_BYTES = 2 ** 31 - 1;

export interface SourceOptions extends OpenOptions {
  /** Largest file that is read whole at once, in bytes. */
  readonly smallBytes?: number;
  /** Called between reads; may throw to stop. */
  readonly checkpoint?: () => void;
}

/** A source over bytes that are in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
}

/**
 * Opens a volume file by its content, the header first: a large file is refused, or parts of it are
 * read, before all of it is. Throws as `openVolume` does.
 */
export async function openSource(
  source: ByteSource,
  options: SourceOptions = {},
): Promise<VolumeAccess> {
  const { name, size } = source;
  if (size <= (options.smallBytes ?? SMALL_BYTES)) {
    return fileAccess(openVolumeFile(await source.read(0, size), name, options));
  }
  const head = await source.read(0, HEAD_BYTES);
  const format = compressionOf(head) === 'none' ? requireFormat(head, name) : null;
  if (format === null || isArchive(format)) {
    if (size > MAX_PACKED_BYTES) {
      throw badFile(name, `the packed file has ${size} bytes`, 'packed files up to 2 GiB');
    }
    return fileAccess(openVolumeFile(await source.read(0, size), name, options));
  }
  const plan = format.plan(head, size, name, options);
  if (plan.layout.rowBytes === null) {
    return fileAccess(openVolumeFile(await source.read(0, size), name, options));
  }
  return rangedAccess(source, plan, options);
}

/** Enough of most files for their headers, and of a packed one for its first block. */
const FIRST_BYTES = 4096;
const FIRST_PACKED_BYTES = 2 ** 20;

/**
 * The header of a file, from as few of its bytes as it takes; an archive is read whole. Throws as
 * `openVolume` does.
 */
export async function headerOf(
  source: ByteSource,
  options: SourceOptions = {},
): Promise<VolumeHeader> {
  const { name, size } = source;
  const first = await source.read(0, FIRST_BYTES);
  if (compressionOf(first) !== 'none') {
    const head = unpackedHead(await source.read(0, FIRST_PACKED_BYTES), HEAD_BYTES);
    const format = requireFormat(head, name);
    if (isArchive(format)) return (await openSource(source, options)).header;
    return format.plan(head, format.claimedBytes(head, name), name, options).header;
  }
  const format = requireFormat(first, name);
  if (isArchive(format)) return (await openSource(source, options)).header;
  const head = first.length < size ? await source.read(0, HEAD_BYTES) : first;
  return format.plan(head, size, name, options).header;
}

/** What a file holds, with the statistics of all its values; a large one is looked at in pieces. */
export async function reportOf(
  source: ByteSource,
  options: SourceOptions = {},
): Promise<VolumeReport> {
  return (await openSource(source, options)).report();
}

/** Access to a file that was read whole. */
function fileAccess(file: VolumeFile): VolumeAccess {
  const { fileName, report } = file;
  const { stats: _, ...header } = report;
  const own = (volume: number, stats: VolumeStats): readonly Finding[] => {
    if (report.volumes === 1) return header.findings;
    const findings = new Findings();
    if (stats.min === stats.max) {
      reportValues(stats, findings, `All values of volume ${volume + 1}`);
    }
    return [...header.findings, ...findings.list];
  };
  const stats = (index: number): VolumeStats =>
    report.volumes === 1 ? file.stats : computeStats(volumeOf(file, index).data);
  return {
    fileName,
    header,
    inMemory: true,
    async read(index, region) {
      const whole = volumeOf(file, index);
      const volume = region ? takeRegion(whole, region) : whole;
      const found = volume === whole ? stats(index) : computeStats(volume.data);
      requireFinite(fileName, found);
      return { volume, stats: found, findings: own(index, found) };
    },
    async readBinned(index, factor) {
      const whole = volumeOf(file, index);
      const [nz, ny, nx] = whole.shape;
      const binner = createBinner([nx, ny, nz], factor);
      binner.add(whole.data);
      const volume = { ...binnedGrid(whole, binner.size, factor), data: binner.done() };
      return { volume, stats: computeStats(volume.data), findings: own(index, stats(index)) };
    },
    stats: async (index) => stats(index),
    report: async () => report,
  };
}

/** Access to a file of which only what is asked for is read. */
function rangedAccess(source: ByteSource, plan: VolumePlan, options: SourceOptions): VolumeAccess {
  const { layout, fileName } = plan;
  const { size, axes, dataOffset } = layout;
  const rowBytes = layout.rowBytes as number;
  const given =
    options.voxelSize === undefined ? {} : givenVoxelSize(plan.header, options.voxelSize);
  const header: VolumeHeader = { ...plan.header, ...given };

  const bytes = async (firstRow: number, rows: number): Promise<Uint8Array> => {
    options.checkpoint?.();
    const from = dataOffset + firstRow * rowBytes;
    const raw = await source.read(from, from + rows * rowBytes);
    if (raw.length === rows * rowBytes) return raw;
    throw badFile(fileName, 'it became shorter while it was read', 'complete files');
  };

  /** Where the meaning of the bytes depends on them together, they are looked at once. */
  let surveyed: Promise<void> | null = null;
  const survey = (): Promise<void> => {
    surveyed ??= (async () => {
      if (!plan.survey) return;
      const rows = size[1] * size[2];
      const step = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
      const apart = Math.ceil((rows * rowBytes) / SURVEYED_BYTES);
      for (let row = 0; row < rows; row += step * apart) {
        plan.survey.add(await bytes(row, Math.min(step, rows - row)));
      }
      plan.survey.done(apart <= 1);
    })();
    return surveyed;
  };

  /** Calls `use` with the values of every section of a box of the file, in order. */
  const sections = async (
    start: Triple,
    extent: Triple,
    use: (values: VoxelArray) => void,
  ): Promise<void> => {
    await survey();
    const step = Math.max(1, Math.floor(CHUNK_BYTES / (extent[1] * rowBytes)));
    const full = extent[1] === size[1];
    for (let s = 0; s < extent[2]; s += full ? step : 1) {
      const count = full ? Math.min(step, extent[2] - s) : 1;
      const raw = await bytes((start[2] + s) * size[1] + start[1], count * extent[1]);
      const values = plan.decode(raw);
      const length = extent[1] * size[0];
      for (let i = 0; i < count; i++) use(values.subarray(i * length, (i + 1) * length));
    }
  };

  /** The box of the file, along columns, rows and sections, of a region of a volume. */
  const boxOf = (volume: number, { start, shape }: Region): { start: Triple; extent: Triple } => {
    const first = [start[2], start[1], start[0] + volume * header.shape[0]];
    const extent = [shape[2], shape[1], shape[0]];
    const along = (values: readonly number[]): Triple => [
      values[axes[0] - 1],
      values[axes[1] - 1],
      values[axes[2] - 1],
    ];
    return { start: along(first), extent: along(extent) };
  };

  const statsOf = (start: Triple, extent: Triple): Promise<VolumeStats> =>
    statsOfParts((take) => sections(start, extent, take));

  const grid = (): Omit<SourceVolume, 'data'> => {
    const { shape, voxelSize, voxelSizeKnown, origin } = header;
    return { shape, voxelSize, voxelSizeKnown, origin };
  };
  const findingsOf = (stats: VolumeStats): readonly Finding[] => {
    const values = new Findings();
    reportValues(stats, values, 'All values that were read');
    // The plan's own list may have grown by what the bytes themselves say.
    const known = new Set(plan.header.findings);
    const grown = plan.findings.list.filter((finding) => !known.has(finding));
    return [...header.findings, ...grown, ...values.list];
  };

  return {
    fileName,
    header,
    inMemory: false,
    async read(index, region = wholeRegion(header.shape)) {
      checkIndex(fileName, header, index);
      const { start, extent } = boxOf(index, region);
      let out: VoxelArray | null = null;
      let at = 0;
      await sections(start, extent, (values) => {
        out ??= sameType(values, extent[0] * extent[1] * extent[2]);
        for (let row = 0; row < extent[1]; row++, at += extent[0]) {
          const from = row * size[0] + start[0];
          out.set(values.subarray(from, from + extent[0]), at);
        }
      });
      const data = permuteToXyz(out as unknown as VoxelArray, extent, axes);
      const volume = { ...gridOfRegion(grid(), region), data };
      const stats = computeStats(data);
      requireFinite(fileName, stats);
      return { volume, stats, findings: findingsOf(stats) };
    },
    async readBinned(index, factor) {
      checkIndex(fileName, header, index);
      const { start, extent } = boxOf(index, wholeRegion(header.shape));
      const binner = createBinner(extent, factor);
      await sections(start, extent, (values) => binner.add(values));
      const data = permuteToXyz(binner.done(), binner.size, axes);
      const stats = computeStats(data);
      requireFinite(fileName, stats);
      const volume = { ...binnedGrid(grid(), toXyz(binner.size, axes), factor), data };
      return { volume, stats, findings: findingsOf(stats) };
    },
    async stats(index) {
      checkIndex(fileName, header, index);
      const { start, extent } = boxOf(index, wholeRegion(header.shape));
      return statsOf(start, extent);
    },
    async report() {
      const stats = await statsOf([0, 0, 0], size);
      const report = conclude(plan, stats);
      return options.voxelSize === undefined
        ? report
        : { ...report, ...givenVoxelSize(report, options.voxelSize) };
    },
  };
}
