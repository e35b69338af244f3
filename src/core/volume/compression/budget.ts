import { badFile } from '../../errors.ts';

/** Largest content that is unpacked, in bytes. */
export const MAX_UNPACKED = 2 ** 31;
/** What any file may unpack to, whatever its size. */
const FREE_BYTES = 64 * 2 ** 20;
/**
 * Largest expansion beyond that. Deflate cannot do more than 1032; bzip2 makes gigabytes of one
 * kilobyte, but only where every value is the same.
 */
const MAX_RATIO = 1100;

/** Bytes that `packed` bytes may unpack to. */
export function expansionBudget(packed: number, maxBytes = MAX_UNPACKED): number {
  return Math.min(maxBytes, Math.max(FREE_BYTES, MAX_RATIO * packed));
}

/** Throws `bad-file` when `packed` bytes claim to hold more than the budget. */
export function checkExpansion(
  claimed: number,
  packed: number,
  fileName: string,
  maxBytes = MAX_UNPACKED,
): void {
  if (!(claimed <= maxBytes)) {
    throw badFile(
      fileName,
      `unpacked it would have ${claimed} bytes`,
      `up to ${maxBytes} bytes unpacked`,
    );
  }
  if (claimed > expansionBudget(packed, maxBytes)) {
    throw badFile(
      fileName,
      `its ${packed} bytes would unpack to ${claimed}, ${Math.round(claimed / packed)} times as many`,
      `files that unpack to at most ${MAX_RATIO} times their size`,
    );
  }
}
