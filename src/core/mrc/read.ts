import { badFile } from '../errors.ts';
import { readWhole, type VolumeFile } from '../volume/file.ts';
import { toXyz, type VolumePlan } from '../volume/layout.ts';
import { Findings, type ReadAs } from '../volume/report.ts';
import type { VolumeStats } from '../volume/stats.ts';
import type { VoxelArray } from '../volume/types.ts';
import { isLittleEndian, plausible } from './byte-order.ts';
import { decodeData } from './decode.ts';
import { axisOrder, originOf, short, voxelSizeOf } from './geometry.ts';
import { HEADER_BYTES, IMOD_FLAGS, type MrcHeader, parseHeader, type Triple } from './header.ts';
import { type MrcLayout, planLayout } from './layout.ts';
import { interpretSections } from './sections.ts';
import { signOf } from './sign.ts';
import { mapTo } from '../typed-arrays.ts';

export interface ReadMrcOptions {
  /** How to read mode 0; decided from the header when not given. */
  readonly signedBytes?: boolean;
  /** What the sections are; decided from name and header when not given. */
  readonly readAs?: ReadAs;
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
 * Plans how to read an MRC or CCP4 file of any mode, byte order and axis order; every oddity is a
 * finding. Throws `bad-file` when the header is impossible or the file is cut off.
 *
 * @param head at least the first 1024 bytes
 * @param fileBytes size of the whole file
 */
export function planMrc(
  head: Uint8Array,
  fileBytes: number,
  fileName: string,
  options: ReadMrcOptions = {},
): VolumePlan {
  const findings = new Findings();
  const header = headerOf(head, fileName, findings);
  const layout = planLayout(header, fileBytes, fileName, findings);
  const axes = axisOrder(header, findings);
  const { kind, volumes } = interpretSections(
    header,
    layout.size,
    axes,
    fileName,
    options.readAs,
    findings,
  );
  const sizeXyz = toXyz(layout.size, axes);
  if (volumes > 1) sizeXyz[2] /= volumes;
  const { voxelSize, voxelSizeKnown } = voxelSizeOf(header, layout, sizeXyz, findings);
  const origin = originOf(header, axes, voxelSize, findings);
  noteHeader(header, layout, kind === 'volume', sizeXyz, findings);
  const unscale = rescaling(header, layout, findings);
  const sign = signOf(header, layout, options.signedBytes, findings);
  const valueType = () =>
    layout.modeNumber === 0 && !sign.signed() ? 'unsigned 8-bit integer' : layout.mode.words;
  return {
    fileName,
    header: {
      format: 'mrc',
      compression: 'none',
      kind,
      mode: header.mode,
      valueType: layout.mode.words,
      shape: [sizeXyz[2], sizeXyz[1], sizeXyz[0]],
      axes: ['xyz'[axes[0] - 1], 'xyz'[axes[1] - 1], 'xyz'[axes[2] - 1]],
      endian: header.littleEndian ? 'little' : 'big',
      voxelSize,
      voxelSizeKnown,
      origin,
      spaceGroup: header.spaceGroup,
      extendedHeader: { type: header.extendedType, bytes: layout.extendedBytes },
      sections: layout.size[2],
      volumes,
      labels: header.labels,
      findings: findings.list,
    },
    layout: { ...layout, axes },
    findings,
    survey: sign.survey,
    valueType,
    decode: (raw) => unscale(decodeData(raw, layout, header.littleEndian, sign.signed())),
    compare: (stats) => noteStats(header, layout, stats, findings),
  };
}

/** The whole of {@link planMrc} from a file's bytes; a plain float32 file is not copied. */
export function readMrc(
  bytes: Uint8Array,
  fileName: string,
  options: ReadMrcOptions = {},
): VolumeFile {
  return readWhole(planMrc(bytes, bytes.length, fileName, options), bytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
function rescaling(
  header: MrcHeader,
  { modeNumber }: MrcLayout,
  findings: Findings,
): (data: VoxelArray) => VoxelArray {
  if (modeNumber !== 0 || !header.rescaled || !(header.dmin < header.dmax)) return (data) => data;
  const step = (header.dmax - header.dmin) / 255;
  findings.info(
    'rescaled-bytes',
    `A mark in the header says that floats were scaled to bytes; they are scaled back to ${short(header.dmin)} to ${short(header.dmax)}, in steps of ${short(step)}.`,
  );
  return (data) =>
    mapTo(new Float32Array(data.length), data, (value) => header.dmin + (value + 128) * step);
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
