import { badFile } from '../errors.ts';
import { claimedMrcBytes, looksLikeMrc, type ReadMrcOptions, readMrc } from '../mrc/index.ts';
import { claimedNpyBytes, looksLikeNpy, readNpy } from '../npy/index.ts';
import { compressionOf, type UnpackOptions, unpack } from './compression/unpack.ts';
import { replaceNonFinite } from './convert.ts';
import { type VolumeFile, volumeOf } from './file.ts';
import { volumeFromNpy } from './from-npy.ts';
import type { VolumeReport } from './report.ts';
import { computeStats, type VolumeStats } from './stats.ts';
import type { Volume } from './types.ts';

export interface OpenOptions extends ReadMrcOptions, UnpackOptions {
  /** Which volume of a volume stack, from 0. */
  readonly volume?: number;
}

export interface OpenedVolume {
  /** Free of NaN and infinite values. Its data may be a view of the file's bytes: do not write to it. */
  readonly volume: Volume;
  /** Of this volume. */
  readonly stats: VolumeStats;
  /** Of the whole file. */
  readonly report: VolumeReport;
}

const ACCEPTED = 'MRC/CCP4 (.mrc .map .ccp4 .rec .mrcs) and .npy files, also as .gz or .bz2';

/**
 * Opens a volume file by its content, whatever its name: MRC/CCP4 or .npy, plain, gzip or bzip2.
 * Throws `bad-file` when it is none of these, damaged or impossible, and `bad-input` for a volume
 * that the file does not hold.
 */
export function openVolume(
  bytes: Uint8Array,
  fileName: string,
  options: OpenOptions = {},
): OpenedVolume {
  const file = openVolumeFile(bytes, fileName, options);
  const volume = volumeOf(file, options.volume ?? 0);
  const stats = file.report.volumes === 1 ? file.stats : computeStats(volume.data);
  if (stats.count === 0) {
    throw badFile(fileName, 'every value is NaN or infinite', 'volumes with finite values');
  }
  const clean =
    stats.nonFinite > 0 ? { ...volume, data: replaceNonFinite(volume.data, stats.mean) } : volume;
  return { volume: clean, stats, report: file.report };
}

/** As {@link openVolume}, with every volume of the file and its values as stored. */
export function openVolumeFile(
  bytes: Uint8Array,
  fileName: string,
  options: OpenOptions = {},
): VolumeFile {
  const claim = (head: Uint8Array): number => {
    if (looksLikeNpy(head)) return claimedNpyBytes(head, fileName);
    if (looksLikeMrc(head)) return claimedMrcBytes(head, fileName);
    throw notAVolume(head, fileName);
  };
  if (bytes.length === 0) throw badFile(fileName, 'the file is empty', ACCEPTED);
  const content = unpack(bytes, fileName, claim, options);
  const file = readContent(content, fileName, options);
  const compression = compressionOf(bytes);
  return compression === 'none' ? file : { ...file, report: { ...file.report, compression } };
}

function readContent(content: Uint8Array, fileName: string, options: OpenOptions): VolumeFile {
  if (looksLikeNpy(content)) return volumeFromNpy(readNpy(content, fileName), fileName);
  if (looksLikeMrc(content)) return readMrc(content, fileName, options);
  throw notAVolume(content, fileName);
}

/** Names what the content is instead, where it can be told. */
function notAVolume(content: Uint8Array, fileName: string): Error {
  if (content.length < 1024 && /\.(mrcs?|map|ccp4|rec|st|ali)(\.|$)/i.test(fileName)) {
    return badFile(
      fileName,
      `the file has ${content.length} bytes, less than the 1024 of an MRC header`,
      ACCEPTED,
    );
  }
  const kind = KINDS.find(([magic]) => magic.every((byte, i) => content[i] === byte));
  return badFile(
    fileName,
    kind ? `this is ${kind[1]}, not a volume` : 'the content is neither MRC/CCP4 nor .npy',
    ACCEPTED,
  );
}

const KINDS: readonly (readonly [readonly number[], string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x89, 0x48, 0x44, 0x46], 'an HDF5 file'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive'],
  [[0x49, 0x49, 0x2a, 0x00], 'a TIFF image'],
  [[0x4d, 0x4d, 0x00, 0x2a], 'a TIFF image'],
  [[0x42, 0x4d], 'a BMP image'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image'],
  [[0x7b], 'a JSON file'],
];
