import { badFile } from '../errors.ts';
import type { SampleEntry, Split } from '../simulate/index.ts';
import { isVolumeName } from '../volume/names.ts';
import type { ClassName } from './labels.ts';

/** A file, or one of the volumes that it holds. */
export interface ListedFile {
  readonly file: string;
  readonly class: number | null;
  /** Which of its volumes, from 0, of a file that holds several. */
  readonly volume?: number;
}

/** Files with the class they are filed under; null where that is not known. */
export interface Listing {
  readonly classes: readonly ClassName[];
  readonly files: readonly ListedFile[];
  readonly snr: number | 'inf' | null;
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** What an `index.json` of a folder may be. */
export const INDEX_ACCEPTED = 'an index as simulate writes it, or a folder without index.json';

/**
 * Reads what `simulate` writes, or the list of a gallery.
 *
 * @param index parsed `index.json`; paths in it are relative to its folder
 * @param path of the index, for messages
 * @throws AppError 'bad-file' when it is neither.
 */
export function indexListing(index: unknown, path: string, split: Split | 'all' = 'all'): Listing {
  if (Array.isArray(index) && index.every(isSample)) return galleryListing(index, '../');
  const { format, classes, items, spec } = asRecord(index);
  if (format !== 'respond-cam-dataset' || !Array.isArray(classes) || !Array.isArray(items)) {
    throw badFile(path, 'this is not the index of a set of volumes', INDEX_ACCEPTED);
  }
  const snr = asRecord(spec).snr;
  return {
    classes: classes.map((entry) => className(asRecord(entry))),
    files: items.flatMap((item: unknown, i) => {
      const { file, class: group, split: part } = asRecord(item);
      if (typeof file !== 'string') {
        throw badFile(path, `item ${i} names no file`, INDEX_ACCEPTED);
      }
      const known = Number.isInteger(group) && typeof classes[group as number] === 'object';
      const wanted = split === 'all' || part === split;
      return wanted ? [{ file, class: known ? (group as number) : null }] : [];
    }),
    snr: typeof snr === 'number' || snr === 'inf' ? snr : null,
    notes: [],
  };
}

/** @param up from the folder of the volumes to that of the paths in the list */
export function galleryListing(
  samples: readonly Pick<SampleEntry, 'path' | 'classId' | 'className'>[],
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

function isSample(entry: unknown): entry is SampleEntry {
  const { path, classId } = asRecord(entry);
  return typeof path === 'string' && typeof classId === 'string';
}

function className({ id, name }: Readonly<Record<string, unknown>>): ClassName {
  return {
    id: typeof id === 'string' ? id : undefined,
    name: typeof name === 'string' ? name : undefined,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** "10" after "9", and the same order on every machine. */
const COLLATOR = new Intl.Collator('en', { numeric: true });
const PICTURE = /\.(png|jpe?g)$/i;

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
    .filter((path) => isVolumeName(path) || (pictures && PICTURE.test(path)))
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
