import { badFile } from '../errors.ts';
import {
  anything,
  either,
  list,
  number,
  object,
  oneOf,
  parseJson,
  pathWithin,
  text,
  validate,
} from '../schema/index.ts';
import type { SampleEntry, Split } from '../simulate/index.ts';
import { isPictureName, isVolumeName } from '../volume/names.ts';
import type { ClassName } from './labels.ts';

/** A file, or one of the volumes that it holds. */
export interface ListedFile {
  readonly file: string;
  readonly class: number | null;
  /** Which of its volumes, from 0, of a file that holds several. */
  readonly volume?: number;
}

/** The files of a listing, those that hold several volumes once for each; `count` says how many. */
export async function eachVolume(
  files: readonly ListedFile[],
  count: (file: string) => Promise<number>,
): Promise<ListedFile[]> {
  const all: ListedFile[] = [];
  for (const listed of files) {
    const volumes = await count(listed.file);
    if (volumes === 1) all.push(listed);
    else for (let volume = 0; volume < volumes; volume++) all.push({ ...listed, volume });
  }
  return all;
}

/** Files with the class they are filed under; null where that is not known. */
export interface Listing {
  readonly classes: readonly ClassName[];
  readonly files: readonly ListedFile[];
  readonly snr: number | 'inf' | null;
  /** One sentence each. */
  readonly notes: readonly string[];
}

const MAX_FILES = 10_000_000;
const name = text(4096);

const ratio = either(number({ min: 0 }), oneOf('inf'));

/** What `simulate` writes, as far as it is needed here. */
const dataset = object(
  {
    classes: list(object({}, { id: name, name }), { max: 100_000 }),
    items: list(object({ file: pathWithin }, { class: anything, split: text(100) }), {
      max: MAX_FILES,
    }),
  },
  {
    spec: object({}, { snr: ratio, snrBand: number() }),
    snr: object({}, { box: ratio }),
  },
);

const gallery = list(object({ path: pathWithin, classId: name }, { className: name }), {
  max: MAX_FILES,
});

/** What an `index.json` of a folder may be. */
const INDEX_ACCEPTED = 'an index as simulate writes it, or a folder without index.json';

/** Of an index of some millions of files. */
const INDEX_BYTES = 500 * 2 ** 20;

/** Parses an `index.json`, which {@link indexListing} then reads. Throws `bad-file`. */
export function parseIndex(bytes: Uint8Array, file: string): unknown {
  return parseJson(bytes, { file, accepted: INDEX_ACCEPTED, maxBytes: INDEX_BYTES });
}

/**
 * Reads what `simulate` writes, or the list of a gallery.
 *
 * @param index parsed `index.json`; paths in it are relative to its folder
 * @param path of the index, for messages
 * @throws AppError 'bad-file' when it is neither.
 */
export function indexListing(index: unknown, path: string, split: Split | 'all' = 'all'): Listing {
  if (Array.isArray(index)) return galleryListing(validate(gallery, index, path), '../');
  const { format } = validate(object({}, { format: anything }), index, path);
  if (format !== 'respond-cam-dataset') {
    throw badFile(path, 'this is not the index of a set of volumes', INDEX_ACCEPTED);
  }
  const { classes, items, spec, snr } = validate(dataset, index, path);
  // Whoever knows no class of a volume may say so in any way.
  const known = (group: unknown) =>
    typeof group === 'number' && Object.hasOwn(classes, group) ? group : null;
  return {
    classes,
    files: items
      .filter(({ split: part }) => split === 'all' || part === split)
      .map(({ file, class: group }) => ({ file, class: known(group) })),
    snr: (spec?.snrBand === undefined ? spec?.snr : snr?.box) ?? null,
    notes: [],
  };
}

/** @param up from the folder of the volumes to that of the paths in the list */
export function galleryListing(
  samples: readonly (Pick<SampleEntry, 'path' | 'classId'> &
    Partial<Pick<SampleEntry, 'className'>>)[],
  up: string,
): Listing {
  const ids = [...new Set(samples.map(({ classId }) => classId))];
  return {
    classes: ids.map((id) => ({
      id,
      name: samples.find(({ classId }) => classId === id)?.className,
    })),
    files: samples.map(({ path, classId }) => ({
      file: `${up}${path}`,
      class: ids.indexOf(classId),
    })),
    snr: null,
    notes: [],
  };
}

/** "10" after "9", and the same order on every machine. */
const COLLATOR = new Intl.Collator('en', { numeric: true });

/**
 * Every volume of a folder without an index; the first part of its path is its class, files in the
 * folder itself have none.
 *
 * @param paths of all files from the folder, with forward slashes, in any order
 * @param pictures whether pictures are volumes too
 */
export function folderListing(paths: readonly string[], name: string, pictures = false): Listing {
  const visible = paths.filter((path) => !path.split('/').at(-1)!.startsWith('.'));
  const files = visible
    .filter((path) => isVolumeName(path) || (pictures && isPictureName(path)))
    .sort((a, b) => COLLATOR.compare(a, b));
  const folders = [...new Set(files.filter((f) => f.includes('/')).map((f) => f.split('/')[0]))];
  const others = visible.length - files.length;
  return {
    classes: folders.map((folder) => ({ name: folder })),
    files: files.map((file) => ({
      file,
      class: file.includes('/') ? folders.indexOf(file.split('/')[0]) : null,
    })),
    snr: null,
    notes: othersNote(others, name),
  };
}

function othersNote(count: number, folder: string): string[] {
  if (count === 0) return [];
  return count === 1
    ? [`1 file of another kind in ${folder} was left alone.`]
    : [`${count} files of other kinds in ${folder} were left alone.`];
}
