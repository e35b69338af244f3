import { contentName } from '../content.ts';
import { badFile } from '../errors.ts';
import { compressionOf, type UnpackOptions, unpack } from './compression/unpack.ts';
import { replaceNonFinite } from './convert.ts';
import { readWhole, reportValues, requireFinite, type VolumeFile, volumeOf } from './file.ts';
import { formatOf, HEAD_BYTES, isArchive, type ReadOptions, type VolumeFormat } from './formats.ts';
import { ACCEPTED_VOLUMES } from './names.ts';
import { Findings, type VolumeReport } from './report.ts';
import { computeStats, type VolumeStats } from './stats.ts';
import type { SourceVolume } from './types.ts';

export interface OpenOptions extends ReadOptions, UnpackOptions {
  /** Which volume of a volume stack, from 0. */
  readonly volume?: number;
  /** Å; instead of what the file says. */
  readonly voxelSize?: number;
}

export interface OpenedVolume {
  /** Free of NaN and infinite values. Its data may be a view of the file's bytes: do not write to it. */
  readonly volume: SourceVolume;
  /** Of this volume. */
  readonly stats: VolumeStats;
  /** Of the whole file, with the findings about this volume. */
  readonly report: VolumeReport;
}

/**
 * Opens a volume file by its content, whatever its name: a format of `formats.ts`, plain or packed.
 * Throws `bad-file` when it is none of these, damaged or impossible, and `bad-input` for a
 * volume that the file does not hold.
 */
export function openVolume(
  bytes: Uint8Array,
  fileName: string,
  options: OpenOptions = {},
): OpenedVolume {
  return takeVolume(openVolumeFile(bytes, fileName, options), options.volume ?? 0);
}

/** One volume of a file, from 0, as {@link openVolume} gives it. */
export function takeVolume(file: VolumeFile, index: number): OpenedVolume {
  const volume = volumeOf(file, index);
  const single = file.report.volumes === 1;
  const stats = single ? file.stats : computeStats(volume.data);
  requireFinite(file.fileName, stats);
  const clean =
    stats.nonFinite > 0 ? { ...volume, data: replaceNonFinite(volume.data, stats.mean) } : volume;
  return {
    volume: clean,
    stats,
    report: single ? file.report : reportOf(file.report, index, stats),
  };
}

/** The report of a stack with the findings about the values of one of its volumes. */
function reportOf(report: VolumeReport, index: number, stats: VolumeStats): VolumeReport {
  const own = new Findings();
  if (stats.min === stats.max) reportValues(stats, own, `All values of volume ${index + 1}`);
  return { ...report, findings: [...report.findings, ...own.list] };
}

/** As {@link openVolume}, with every volume of the file and its values as stored. */
export function openVolumeFile(
  bytes: Uint8Array,
  fileName: string,
  options: OpenOptions = {},
): VolumeFile {
  if (bytes.length === 0) throw badFile(fileName, 'the file is empty', ACCEPTED_VOLUMES);
  const content = unpack(
    bytes,
    fileName,
    (head) => claimedBytes(requireFormat(head, fileName), head, fileName),
    options,
  );
  const compression = compressionOf(bytes);
  const file = readContent(content, fileName, options);
  return withOptions(
    compression === 'none' ? file : { ...file, report: { ...file.report, compression } },
    options,
  );
}

/**
 * Bytes of the whole content of a packed file by its first ones. An archive cannot be packed once more within
 * a stated size, so it is not unpacked twice. Throws `bad-file`.
 */
export function claimedBytes(format: VolumeFormat, head: Uint8Array, fileName: string): number {
  if (isArchive(format)) throw badFile(fileName, 'this is a packed archive', ACCEPTED_VOLUMES);
  return format.claimedBytes(head, fileName);
}

function readContent(content: Uint8Array, fileName: string, options: OpenOptions): VolumeFile {
  const head = content.subarray(0, HEAD_BYTES);
  const format = requireFormat(head, fileName);
  return isArchive(format)
    ? format.open(content, fileName, options)
    : readWhole(format.plan(head, content.length, fileName, options), content);
}

/** The file with what the user says about it in place of what it says itself. */
function withOptions(file: VolumeFile, { voxelSize }: OpenOptions): VolumeFile {
  return voxelSize === undefined
    ? file
    : { ...file, report: { ...file.report, ...givenVoxelSize(file.report, voxelSize) } };
}

/** Findings that a voxel size from the user settles. */
const SETTLED: ReadonlySet<string> = new Set([
  'voxel-size-unknown',
  'voxel-size-implausible',
  'voxel-size-anisotropic',
  'em-pixel-size',
]);

/** The fields of a header that a voxel size given by the user, in Å, replaces. */
export function givenVoxelSize(
  {
    voxelSize: [x, y, z],
    origin,
    findings,
  }: Pick<VolumeReport, 'voxelSize' | 'origin' | 'findings'>,
  given: number,
) {
  const own = new Findings();
  own.info('voxel-size-given', `The voxel size is ${given} Å, as asked.`);
  return {
    voxelSize: [given, given, given],
    voxelSizeKnown: true,
    // The place in voxels stays.
    origin: [(origin[0] / x) * given, (origin[1] / y) * given, (origin[2] / z) * given],
    findings: [...findings.filter(({ code }) => !SETTLED.has(code)), ...own.list],
  } as const;
}

/** The format of a file by its first bytes; throws `bad-file` that names what it is instead. */
export function requireFormat(head: Uint8Array, fileName: string): VolumeFormat {
  const format = formatOf(head);
  if (format) return format;
  const kind = contentName(head) ?? STRUCTURES.find(([test]) => test.test(textOf(head)))?.[1];
  if (kind) throw badFile(fileName, `this is ${kind}, not a volume`, ACCEPTED_VOLUMES);
  if (head.length < 1024 && /\.(mrcs?|map|ccp4|rec|st|ali)(\.|$)/i.test(fileName)) {
    throw badFile(
      fileName,
      `the file has ${head.length} bytes, less than the 1024 of an MRC header`,
      ACCEPTED_VOLUMES,
    );
  }
  throw badFile(fileName, 'the content is that of no known volume format', ACCEPTED_VOLUMES);
}

/** Coordinates, which other readers take. */
const STRUCTURES: readonly (readonly [RegExp, string])[] = [
  [/^\s*data_/, 'a CIF or STAR file'],
  [/^(HEADER|ATOM {2}|HETATM|CRYST1|REMARK|MODEL {5})/, 'a PDB structure'],
];

function textOf(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, 64));
}
