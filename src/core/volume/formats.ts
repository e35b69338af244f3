import { claimedEmBytes, looksLikeEm, planEm } from '../em/index.ts';
import { claimedMrcBytes, looksLikeMrc, planMrc, type ReadMrcOptions } from '../mrc/index.ts';
import { claimedNpyBytes, looksLikeNpy, planNpy } from '../npy/index.ts';
import { looksLikeTiff, openTiff } from '../tiff/index.ts';
import type { VolumeFile } from './file.ts';
import type { VolumePlan } from './layout.ts';
import { looksLikeNpz, openNpz } from './npz.ts';
import type { VolumeFormatId } from './report.ts';

/** How the sections are meant, how bytes are signed: what a user may say about any file. */
export type ReadOptions = ReadMrcOptions;

/** A format whose values lie one after the other behind a header, so that a part can be read alone. */
interface PlainFormat {
  looksLike(head: Uint8Array): boolean;
  /** Bytes the whole file has if its header is true. Throws `bad-file`. */
  claimedBytes(head: Uint8Array, fileName: string): number;
  /** Throws `bad-file` when the header is impossible or the file cut off. */
  plan(head: Uint8Array, fileBytes: number, fileName: string, options: ReadOptions): VolumePlan;
}

/** A format that can only be read from all of its bytes. */
interface ArchiveFormat {
  looksLike(head: Uint8Array): boolean;
  open(bytes: Uint8Array, fileName: string, options: ReadOptions): VolumeFile;
}

export type VolumeFormat = PlainFormat | ArchiveFormat;

/**
 * The reader of each format and how it is recognised by content, asked in this order: the formats
 * with a mark first, EM, which has none, last. `names.ts` has what they are called.
 */
export const VOLUME_FORMATS: Readonly<Record<VolumeFormatId, VolumeFormat>> = {
  npy: { looksLike: looksLikeNpy, claimedBytes: claimedNpyBytes, plan: planNpy },
  npz: { looksLike: looksLikeNpz, open: openNpz },
  tiff: { looksLike: looksLikeTiff, open: openTiff },
  mrc: { looksLike: looksLikeMrc, claimedBytes: claimedMrcBytes, plan: planMrc },
  em: { looksLike: looksLikeEm, claimedBytes: claimedEmBytes, plan: planEm },
};

/** First bytes that every reader needs at most to recognise a file and to plan it. */
export const HEAD_BYTES = 1 << 17;

export function formatOf(head: Uint8Array): VolumeFormat | null {
  return Object.values(VOLUME_FORMATS).find((format) => format.looksLike(head)) ?? null;
}

export function isArchive(format: VolumeFormat): format is ArchiveFormat {
  return 'open' in format;
}
