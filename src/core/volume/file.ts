import { badInput } from '../errors.ts';
import type { Findings, VolumeReport } from './report.ts';
import type { VolumeStats } from './stats.ts';
import type { Volume, VoxelArray } from './types.ts';

/** A file as read: one block of values for all its volumes, and the report on it. */
export interface VolumeFile {
  readonly fileName: string;
  /**
   * Every volume one after the other, each of `report.shape`, x fastest. May be a view of the
   * file's bytes: read it, do not write to it.
   */
  readonly data: VoxelArray;
  /** Of `data` as a whole. */
  readonly stats: VolumeStats;
  readonly report: VolumeReport;
}

/** One volume of a file, a view of its data; `index` counts from 0. Throws `bad-input` outside. */
export function volumeOf(file: VolumeFile, index: number): Volume {
  const { shape, voxelSize, origin, volumes } = file.report;
  if (!Number.isInteger(index) || index < 0 || index >= volumes) {
    throw badInput(
      `${file.fileName}: there is no volume ${index}; accepted: 0 to ${volumes - 1} (the file holds ${volumes})`,
    );
  }
  const length = shape[0] * shape[1] * shape[2];
  const data = file.data.subarray(index * length, (index + 1) * length);
  return { data, shape, voxelSize, origin };
}

/** Says how many values are NaN or infinite and what becomes of them. */
export function reportNonFinite(stats: VolumeStats, findings: Findings): void {
  if (stats.nonFinite === 0) return;
  if (stats.count === 0) {
    findings.error('not-finite', 'Every value is NaN or infinite, so there is nothing to show.');
    return;
  }
  const total = stats.count + stats.nonFinite;
  findings.warning(
    'not-finite',
    `${stats.nonFinite} of ${total} values are NaN or infinite; they are left out of the statistics and replaced by the mean of the others for display and for the network.`,
  );
}
