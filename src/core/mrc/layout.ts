import { badFile } from '../errors.ts';
import type { Findings } from '../volume/report.ts';
import { HEADER_BYTES, IMOD_FLAGS, type MrcHeader, type Triple } from './header.ts';
import { ACCEPTED_MODES, FOREIGN_MODES, MRC_MODES, type MrcMode } from './modes.ts';

/** Where the values lie in the file. */
export interface MrcLayout {
  /** Columns, rows, sections of values; columns doubled for 4-bit data in byte files. */
  readonly size: Triple;
  readonly mode: MrcMode;
  /** 101 also for IMOD's 4-bit data stored under mode 0. */
  readonly modeNumber: number;
  readonly dataOffset: number;
  readonly dataBytes: number;
  readonly extendedBytes: number;
  /** Null for mode 101 with odd NX where rows follow one another without padding. */
  readonly rowBytes: number | null;
}

/**
 * Checks what the header claims against the real size of the file, before anything is allocated.
 * `fileBytes` null means not yet known (still compressed): the layout as claimed.
 * Throws `bad-file` when the claim is impossible.
 */
export function planLayout(
  header: MrcHeader,
  fileBytes: number | null,
  fileName: string,
  findings: Findings,
): MrcLayout {
  if (header.size.some((n) => n < 1)) {
    throw badFile(
      fileName,
      `the header claims a size of ${header.size.join(' x ')}`,
      'sizes of 1 or more along every axis',
    );
  }
  const packedBytes = header.mode === 0 && ((header.imodFlags ?? 0) & IMOD_FLAGS.packed4Bit) !== 0;
  const modeNumber = packedBytes ? 101 : header.mode;
  const mode = MRC_MODES.get(modeNumber);
  if (!mode) {
    const known = FOREIGN_MODES.find(([test]) => test(header.mode))?.[1];
    throw badFile(
      fileName,
      `the header gives mode ${header.mode}${known ? `, ${known}` : ''}`,
      `modes ${ACCEPTED_MODES}`,
    );
  }
  const [columns, rows, sections] = header.size;
  const size: Triple = packedBytes ? [columns * 2, rows, sections] : header.size;
  if (packedBytes) {
    findings.info(
      'packed-4-bit',
      `IMOD's flag says that each byte holds two 4-bit values, so each row has ${columns * 2} of them.`,
    );
  }
  const count = size[0] * rows * sections;
  const oddPacked = modeNumber === 101 && size[0] % 2 === 1;
  const claimed = oddPacked
    ? Math.ceil(size[0] / 2) * rows * sections
    : Math.ceil((count * mode.bits) / 8);
  const plan = { size, mode, modeNumber, rowBytes: Math.ceil((size[0] * mode.bits) / 8) };
  const claimedExtended = Math.max(0, header.extendedBytes);
  if (fileBytes === null) {
    const dataOffset = HEADER_BYTES + claimedExtended;
    return { ...plan, dataOffset, dataBytes: claimed, extendedBytes: claimedExtended };
  }

  const extendedBytes = extendedSize(header.extendedBytes, claimed, fileBytes, findings);
  const dataOffset = HEADER_BYTES + extendedBytes;
  const available = fileBytes - dataOffset;
  const contiguous = Math.ceil(count / 2);
  if (oddPacked && (available === contiguous || (available < claimed && available > contiguous))) {
    findings.info(
      'packed-rows',
      `Rows hold an odd number of 4-bit values (${size[0]}); the file size shows that they follow one another without padding.`,
    );
    return { ...plan, dataOffset, dataBytes: contiguous, extendedBytes, rowBytes: null };
  }
  if (available < claimed) {
    const what = `the header claims ${size.join(' x ')} values of ${mode.words} (${claimed} bytes after byte ${dataOffset})`;
    const missing =
      available < 0
        ? `but the file has ${fileBytes} bytes`
        : `but the file has ${fileBytes} bytes, ${claimed - available} too few`;
    throw badFile(
      fileName,
      `${what}, ${missing}`,
      'complete files; the file may have been cut off in a download',
    );
  }
  if (available > claimed) {
    findings.warning(
      'trailing-bytes',
      `The file has ${available - claimed} bytes after the data that the header describes; they are ignored.`,
    );
  }
  return { ...plan, dataOffset, dataBytes: claimed, extendedBytes };
}

/** NSYMBT as it is, unless it is impossible and the data fits exactly without it. */
function extendedSize(
  nsymbt: number,
  dataBytes: number,
  fileBytes: number,
  findings: Findings,
): number {
  const impossible = nsymbt < 0 || HEADER_BYTES + nsymbt + dataBytes > fileBytes;
  if (!impossible) return nsymbt;
  if (HEADER_BYTES + dataBytes === fileBytes) {
    findings.error(
      'extended-header-size',
      `The header claims an extended header of ${nsymbt} bytes (NSYMBT), which the file cannot hold; the file size fits exactly without one, so it is read without.`,
    );
    return 0;
  }
  return Math.max(0, nsymbt);
}
