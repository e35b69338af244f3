import type { HierarchyFormatId, PictureFormatId, VolumeFormatId } from './report.ts';

/** How a format is called, and how its files are named. */
interface FormatNames {
  readonly label: string;
  readonly endings: readonly string[];
}

/** Every volume format; `formats.ts` has the reader of each. */
export const FORMAT_NAMES: Readonly<Record<VolumeFormatId, FormatNames>> = {
  mrc: {
    label: 'MRC/CCP4',
    endings: ['.mrc', '.map', '.ccp4', '.rec', '.mrcs', '.st', '.ali'],
  },
  em: { label: 'EM', endings: ['.em'] },
  npy: { label: 'NumPy', endings: ['.npy'] },
  npz: { label: 'NumPy archive', endings: ['.npz'] },
  tiff: { label: 'TIFF', endings: ['.tif', '.tiff'] },
};

/** Pictures, which networks for images take. */
const PICTURE_NAMES: Readonly<Record<PictureFormatId, FormatNames>> = {
  png: { label: 'PNG', endings: ['.png'] },
  jpeg: { label: 'JPEG', endings: ['.jpg', '.jpeg'] },
  bmp: { label: 'BMP', endings: ['.bmp'] },
  'tiff-picture': { label: 'TIFF', endings: ['.tif', '.tiff'] },
};

const HIERARCHY_NAMES: Readonly<Record<HierarchyFormatId, FormatNames>> = {
  'ome-zarr': { label: 'OME-Zarr', endings: ['.zarr', '.zarr.zip', '.ozx'] },
};

/** What any format is called. */
export function formatLabel(id: VolumeFormatId | PictureFormatId | HierarchyFormatId): string {
  return { ...FORMAT_NAMES, ...PICTURE_NAMES, ...HIERARCHY_NAMES }[id].label;
}

export function isPictureFormat(id: string): id is PictureFormatId {
  return Object.hasOwn(PICTURE_NAMES, id);
}

const PICTURE_ENDINGS: readonly string[] = Object.values(PICTURE_NAMES).flatMap(
  ({ endings }) => endings,
);

/** `.png .jpg .jpeg ...` */
export const PICTURE_ENDINGS_TEXT = PICTURE_ENDINGS.join(' ');

/** `PNG, JPEG, BMP` */
export const PICTURE_LABELS_TEXT = Object.values(PICTURE_NAMES)
  .map(({ label }) => label)
  .join(', ');

/** Everything a file may be packed as; `compression/unpack.ts` has what unpacks each. */
export type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** How files of each packing are named. */
const PACKINGS: Readonly<Record<Packing, string>> = {
  gzip: '.gz',
  bzip2: '.bz2',
  xz: '.xz',
  zstd: '.zst',
};
const PACKED_ENDINGS: readonly string[] = Object.values(PACKINGS);

export const VOLUME_ENDINGS: readonly string[] = Object.values(FORMAT_NAMES).flatMap(
  ({ endings }) => endings,
);

/** `.mrc .map ... .npz`, with what they may be packed as. */
export const VOLUME_ENDINGS_TEXT = `${VOLUME_ENDINGS.join(' ')} (also ${PACKED_ENDINGS.join(' ')})`;

/** `MRC/CCP4, EM, ...`, with what they may be packed as. */
export const VOLUME_LABELS_TEXT = `${Object.values(FORMAT_NAMES)
  .map(({ label }) => label)
  .join(', ')}, also ${PACKED_ENDINGS.join(' ')}`;

/** What is accepted as a volume, for messages. */
export const ACCEPTED_VOLUMES = `${Object.values(FORMAT_NAMES)
  .map(({ label, endings }) => `${label} (${endings.join(' ')})`)
  .join(', ')}, also as ${PACKED_ENDINGS.slice(0, -1).join(', ')} or ${PACKED_ENDINGS.at(-1)}`;

/** The `accept` list of a file dialog. */
export const VOLUME_ACCEPT = [...VOLUME_ENDINGS, ...PACKED_ENDINGS, ...PICTURE_ENDINGS].join(',');

const alternatives = (endings: readonly string[]): string =>
  endings.map((ending) => ending.slice(1)).join('|');
const VOLUME_NAME = new RegExp(
  `\\.(${alternatives(VOLUME_ENDINGS)})(\\.(${alternatives(PACKED_ENDINGS)}))?$`,
  'i',
);
const ANY_ENDING = new RegExp(
  `(\\.(${alternatives([...VOLUME_ENDINGS, ...PACKED_ENDINGS, ...PICTURE_ENDINGS])}))+$`,
  'i',
);
const PICTURE_NAME = new RegExp(`\\.(${alternatives(PICTURE_ENDINGS)})$`, 'i');

/** Whether a file is named like a volume. */
export function isVolumeName(name: string): boolean {
  return VOLUME_NAME.test(name);
}

/** Whether a file is named like a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/** The name without the endings of its format and packing. */
export function volumeStem(name: string): string {
  return name.replace(ANY_ENDING, '');
}

/** A file name without its ending: words joined by dots, of letters, digits and what every system takes beside them. */
export function fileStem(words: readonly string[]): string {
  return words
    .map((word) => word.replaceAll(/[^\p{L}\p{M}\p{N}_.+-]+/gu, '-').replaceAll(/^-+|-+$/g, ''))
    .filter(Boolean)
    .join('.');
}
