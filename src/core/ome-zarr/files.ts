import ZipFileStore from '@zarrita/storage/zip';
import { badFile, sentence } from '../errors.ts';
import type { ByteSource } from '../volume/access.ts';
import { ACCEPTED_ZARR } from './metadata.ts';
import { zarrRoot } from './root.ts';

/** Part of a file: from an offset on, or its last bytes. */
export type FileRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

/** The files of a Zarr hierarchy by their path in it, wherever they lie: a folder, a zip archive, a server. */
export interface ZarrFiles {
  /** What the whole is called in messages. */
  readonly name: string;
  /** The bytes of a file, or a part of them; undefined where there is no such file. */
  read(path: string, range?: FileRange): Promise<Uint8Array | undefined>;
}

/** The same of files below one folder of `all`. */
export function below(root: string, { name, read }: ZarrFiles): ZarrFiles {
  return { name, read: (path, range) => read(root + path, range) };
}

/** What a server answers for a file, as `fetch` gives it. */
interface ServedFile {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * The files below an address, whose query each file is asked for with (signed addresses).
 *
 * @param fetchFile asks for one file with these headers; null where the answer stands for no file
 * @throws AppError 'bad-file' when the server refuses a file
 */
export function servedZarr(
  name: string,
  address: string,
  fetchFile: (
    address: string,
    headers: { readonly Range: string } | undefined,
  ) => Promise<ServedFile | null>,
): ZarrFiles {
  const [folder, query] = address.split('?', 2);
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  return {
    name,
    async read(path, range) {
      const from = query === undefined ? base + path : `${base}${path}?${query}`;
      const answer = await fetchFile(from, range && { Range: `bytes=${rangeText(range)}` });
      // Stores without the right to list answer 403 for a file that is not there.
      if (!answer || answer.status === 404 || answer.status === 403) return undefined;
      if (!answer.ok) throw badFile(from, `the server answered ${answer.status}`, ACCEPTED_ZARR);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (!range || answer.status === 206) return bytes;
      return bytes.subarray(...rangeOf(range, bytes.length));
    },
  };
}

export function rangeOf(
  range: FileRange | undefined,
  size: number,
): readonly [from: number, to: number] {
  if (!range) return [0, size];
  if ('suffixLength' in range) return [Math.max(0, size - range.suffixLength), size];
  return [range.offset, Math.min(size, range.offset + range.length)];
}

/** What a server is asked for by a `Range` header. */
const rangeText = (range: FileRange): string =>
  'suffixLength' in range
    ? `-${range.suffixLength}`
    : `${range.offset}-${range.offset + range.length - 1}`;

const ACCEPTED = 'a zip archive of an OME-Zarr';

/**
 * The hierarchy in a zip archive, of which no more is read than is asked for; null where it holds none, for a NumPy
 * archive, and for what is no archive.
 *
 * @throws AppError 'bad-file' for a damaged archive
 */
export async function zippedZarr(source: ByteSource): Promise<ZarrFiles | null> {
  const { name, size } = source;
  const head = await source.read(0, 4);
  if (head[0] !== 0x50 || head[1] !== 0x4b || /\.npz$/i.test(name)) return null;
  let paths: readonly string[] = [];
  const reader = {
    getLength: async () => size,
    // A copy, since what is stored as it is becomes the chunk.
    read: async (offset: number, length: number) =>
      (await source.read(offset, offset + length)).slice(),
  };
  const store = new ZipFileStore(reader, {
    transformEntries(entries) {
      paths = Object.keys(entries);
      return entries;
    },
  });
  const readable = <T>(reading: Promise<T>) =>
    reading.catch((error: unknown) => {
      throw badFile(name, `a damaged zip archive (${sentence(error)})`, ACCEPTED);
    });
  await readable(store.has('/'));
  const root = zarrRoot(paths);
  if (root === null) return null;
  return below(root, {
    name,
    read: (path, range) =>
      readable(range ? store.getRange(`/${path}`, range) : store.get(`/${path}`)),
  });
}
