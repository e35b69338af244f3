import { badFile } from '../errors.ts';
import { reportNonFinite, type VolumeFile } from '../volume/file.ts';
import { Findings, type VolumeReport } from '../volume/report.ts';
import { computeStats, type VolumeStats } from '../volume/stats.ts';
import type { VoxelArray } from '../volume/types.ts';
import { isLittleEndian, plausible } from './byte-order.ts';
import { decodeData, permuteToXyz } from './decode.ts';
import { axisOrder, originOf, short, toXyz, voxelSizeOf } from './geometry.ts';
import { HEADER_BYTES, IMOD_FLAGS, type MrcHeader, parseHeader, type Triple } from './header.ts';
import { type MrcLayout, planLayout } from './layout.ts';
import { interpretSections } from './sections.ts';
import { bytesAreSigned } from './sign.ts';

export interface ReadMrcOptions {
  /** How to read mode 0; decided from the header when not given. */
  readonly signedBytes?: boolean;
}

/**
 * Whether the bytes can be an MRC/CCP4 file: the "MAP " identifier, or a header without it whose
 * mode and sizes make sense in one byte order.
 */
export function looksLikeMrc(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const view = viewOf(bytes);
  return parseHeader(view, true).hasMapId || plausible(view, true) || plausible(view, false);
}

/** Bytes the whole file has if its header is true. Throws `bad-file` for an impossible header. */
export function claimedMrcBytes(head: Uint8Array, fileName: string): number {
  const findings = new Findings();
  const layout = planLayout(headerOf(head, fileName, findings), null, fileName, findings);
  return layout.dataOffset + layout.dataBytes;
}

/**
 * Reads an MRC or CCP4 file of any mode, byte order and axis order; every oddity is a finding.
 * A little-endian float32 file in x, y, z order is not copied: its data is a view of `bytes`.
 * Throws `bad-file` when the header is impossible or the file is cut off, before allocating.
 */
export function readMrc(
  bytes: Uint8Array,
  fileName: string,
  options: ReadMrcOptions = {},
): VolumeFile {
  const findings = new Findings();
  const header = headerOf(bytes, fileName, findings);
  const layout = planLayout(header, bytes.length, fileName, findings);
  const axes = axisOrder(header, findings);
  const { kind, volumes } = interpretSections(header, layout.size, axes, fileName, findings);
  const sizeXyz = toXyz(layout.size, axes);
  if (volumes > 1) sizeXyz[2] /= volumes;
  const voxelSize = voxelSizeOf(header, layout, sizeXyz, findings);
  const origin = originOf(header, axes, voxelSize, findings);
  noteHeader(header, layout, kind === 'volume', sizeXyz, findings);

  const signed =
    layout.modeNumber === 0 &&
    bytesAreSigned(header, dataOf(bytes, layout), options.signedBytes, findings);
  const stored = decodeData(bytes, layout, header.littleEndian, signed);
  const data = unscaled(permuteToXyz(stored, layout.size, axes), header, layout, findings);
  const stats = computeStats(data);
  reportNonFinite(stats, findings);
  noteStats(header, layout, stats, findings);

  const report: VolumeReport = {
    format: 'mrc',
    compression: 'none',
    kind,
    mode: header.mode,
    valueType: layout.modeNumber === 0 && !signed ? 'unsigned 8-bit integer' : layout.mode.words,
    shape: [sizeXyz[2], sizeXyz[1], sizeXyz[0]],
    axes: ['xyz'[axes[0] - 1], 'xyz'[axes[1] - 1], 'xyz'[axes[2] - 1]],
    endian: header.littleEndian ? 'little' : 'big',
    voxelSize,
    origin,
    spaceGroup: header.spaceGroup,
    extendedHeader: { type: header.extendedType, bytes: layout.extendedBytes },
    sections: layout.size[2],
    volumes,
    labels: header.labels,
    stats: { min: stats.min, max: stats.max, mean: stats.mean, rms: stats.std },
    findings: findings.list,
  };
  return { fileName, data, stats, report };
}

/** What a file holds and what is unusual about it; throws as {@link readMrc}. */
export function inspectMrc(
  bytes: Uint8Array,
  fileName: string,
  options: ReadMrcOptions = {},
): VolumeReport {
  return readMrc(bytes, fileName, options).report;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function dataOf(bytes: Uint8Array, { dataOffset, dataBytes }: MrcLayout): Uint8Array {
  return bytes.subarray(dataOffset, dataOffset + dataBytes);
}

function headerOf(bytes: Uint8Array, fileName: string, findings: Findings): MrcHeader {
  if (bytes.length < HEADER_BYTES) {
    throw badFile(
      fileName,
      `the file has ${bytes.length} bytes, less than the ${HEADER_BYTES} of an MRC header`,
      'complete MRC/CCP4 files',
    );
  }
  const view = viewOf(bytes);
  if (!looksLikeMrc(bytes)) {
    throw badFile(
      fileName,
      "there is no 'MAP ' identifier, and the mode and sizes make sense in neither byte order",
      'MRC/CCP4 files',
    );
  }
  const header = parseHeader(view, isLittleEndian(view, findings));
  if (!header.hasMapId) {
    findings.warning(
      'no-map-id',
      "The 'MAP ' identifier is missing, as in files older than MRC2000; the header makes sense without it.",
    );
  }
  return header;
}

/** Findings that change nothing about how the data is read. */
function noteHeader(
  header: MrcHeader,
  layout: MrcLayout,
  plainVolume: boolean,
  sizeXyz: Triple,
  findings: Findings,
): void {
  const { sampling } = header;
  if (plainVolume && sampling.some((n, i) => n > 0 && n !== sizeXyz[i])) {
    findings.info(
      'cell-grid-differs',
      `The cell has ${sampling.join(' x ')} grid steps along x, y, z but the map ${sizeXyz.join(' x ')} voxels: it is a part of the cell, or the header was not updated. The voxel size is the cell's.`,
    );
  }
  if (layout.extendedBytes > 0) {
    const type = header.extendedType ?? 'not named';
    findings.info(
      'extended-header',
      `An extended header of ${layout.extendedBytes} bytes (type ${type}) was skipped.`,
    );
  }
  if (((header.imodFlags ?? 0) & IMOD_FLAGS.pixelSizeInExtendedHeader) !== 0) {
    findings.info(
      'pixel-size-elsewhere',
      "IMOD's flag says that the pixel size was set from the extended header; the cell of the main header is used.",
    );
  }
  if (layout.mode.complex) {
    findings.warning(
      'complex-real-part',
      'Values are complex, so this is probably a Fourier transform and not a density; the real part is shown.',
    );
  }
  if (header.labelCount < 0 || header.labelCount > 10) {
    findings.warning(
      'label-count',
      `The header claims ${header.labelCount} labels; 0 to 10 are possible.`,
    );
  }
}

/** Undoes another program's scaling of floats to bytes: -128 is DMIN and 127 is DMAX. */
function unscaled(
  data: VoxelArray,
  header: MrcHeader,
  { modeNumber }: MrcLayout,
  findings: Findings,
): VoxelArray {
  if (modeNumber !== 0 || !header.rescaled || !(header.dmin < header.dmax)) return data;
  findings.info(
    'rescaled-bytes',
    `A mark in the header says that floats were scaled to bytes; they are scaled back to ${short(header.dmin)} to ${short(header.dmax)}, in steps of ${short((header.dmax - header.dmin) / 255)}.`,
  );
  const step = (header.dmax - header.dmin) / 255;
  return Float32Array.from(data, (value) => header.dmin + (value + 128) * step);
}

/** Compares the statistics in the header with those of the data. */
function noteStats(
  header: MrcHeader,
  layout: MrcLayout,
  stats: VolumeStats,
  findings: Findings,
): void {
  const { dmin, dmax } = header;
  if (layout.mode.complex || header.rescaled || stats.count === 0) return;
  if (!(dmin <= dmax)) {
    findings.info('header-stats-unset', 'The header holds no statistics; they were computed.');
    return;
  }
  const tolerance = 1e-3 * Math.max(stats.max - stats.min, Math.abs(stats.max) * 1e-3);
  if (Math.abs(dmin - stats.min) > tolerance || Math.abs(dmax - stats.max) > tolerance) {
    findings.warning(
      'header-stats-differ',
      `The header says ${short(dmin)} to ${short(dmax)}, but the data goes from ${short(stats.min)} to ${short(stats.max)}; the data is believed.`,
    );
  }
}
