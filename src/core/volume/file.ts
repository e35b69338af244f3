import { badFile, badInput } from '../errors.ts';
import { permuteToXyz, type VolumePlan } from './layout.ts';
import type { Findings, VolumeHeader, VolumeReport } from './report.ts';
import { computeStats, type VolumeStats } from './stats.ts';
import type { SourceVolume, VoxelArray } from './types.ts';

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

/** Reads all that a plan describes from the file's bytes. */
export function readWhole(plan: VolumePlan, bytes: Uint8Array): VolumeFile {
  const { dataOffset, dataBytes, size, axes } = plan.layout;
  const raw = bytes.subarray(dataOffset, dataOffset + dataBytes);
  plan.survey?.add(raw);
  plan.survey?.done(true);
  const data = permuteToXyz(plan.decode(raw), size, axes);
  const stats = computeStats(data);
  return { fileName: plan.fileName, data, stats, report: conclude(plan, stats) };
}

/** The report of a file once its values, with these statistics, are known. */
export function conclude(
  plan: Pick<VolumePlan, 'header' | 'findings' | 'valueType'> &
    Partial<Pick<VolumePlan, 'compare'>>,
  stats: VolumeStats,
): VolumeReport {
  reportValues(stats, plan.findings);
  plan.compare?.(stats);
  const { min, max, mean, std } = stats;
  const findings = plan.findings.list;
  return {
    ...plan.header,
    valueType: plan.valueType(),
    stats: { min, max, mean, rms: std },
    findings,
  };
}

/** One volume of a file, a view of its data; `index` counts from 0. Throws `bad-input` outside. */
export function volumeOf(file: VolumeFile, index: number): SourceVolume {
  const { shape, voxelSize, voxelSizeKnown, origin } = file.report;
  checkIndex(file.fileName, file.report, index);
  const length = shape[0] * shape[1] * shape[2];
  const data = file.data.subarray(index * length, (index + 1) * length);
  return { data, shape, voxelSize, voxelSizeKnown, origin };
}

/** Throws `bad-input` when the file holds no volume of this index, which counts from 0. */
export function checkIndex(fileName: string, { volumes }: VolumeHeader, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < volumes) return;
  const words = volumes === 1 ? 'one volume' : `${volumes} volumes`;
  throw badInput(
    `${fileName}: there is no volume ${index + 1}, the file holds ${words}; accepted: 1 to ${volumes}`,
  );
}

/** Says what is unusual about the values themselves: NaN, or nothing but one value. */
export function reportValues(stats: VolumeStats, findings: Findings, what = 'All values'): void {
  if (stats.count > 1 && stats.min === stats.max) {
    findings.warning('constant', `${what} are equal (${stats.min}), so there is nothing to see.`);
  }
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

/** Throws `bad-file` when no value can be shown. */
export function requireFinite(fileName: string, { count }: VolumeStats): void {
  if (count > 0) return;
  throw badFile(fileName, 'every value is NaN or infinite', 'volumes with finite values');
}
