import { AppError, badFile, isAborted, sentence } from '../../core/errors.ts';
import { networkParts } from '../../core/network-formats.ts';
import type { ModelSource, NamedBytes, UrlSource } from '../types.ts';
import { type Stored, storedOf } from './stored.ts';

/** Reads the bytes at a URL; null when there is nothing. */
export type ReadUrl = (
  url: string,
  options: ReadOptions & UrlOptions,
) => Promise<Uint8Array<ArrayBuffer> | null>;

export interface UrlOptions {
  /** A folder, ending in `/`, that the file must lie in after all links are followed. */
  readonly within?: string;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called with the number of bytes so far. */
  readonly onBytes?: (received: number) => void;
  /** Past every cache. */
  readonly fresh?: boolean;
  /** Bytes; of a longer file, the first `limit + 1` are enough. */
  readonly limit?: number;
}

/** A file with its name for messages; null when it is not there. */
export interface FileRead {
  readonly label: string;
  read(options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /** See {@link ModelFiles.large}. */
  large?(): Stored | null;
}

/** The files of one network, whatever they come from. */
export interface ModelFiles {
  /** What to call the network in messages. */
  readonly label: string;
  /** Path of the one file that must exist. */
  readonly main: string;
  /** A file of the network's folder by its path in it; null when it is not there. */
  read(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A file of the folder that is better read in parts; null for others, and where that cannot be. */
  large?(path: string): Stored | null;
  /** What messages call a file of the folder. */
  nameOf(path: string): string;
  /** Weights that are kept apart. */
  readonly weights?: FileRead;
  /** The configuration that was given with it. */
  readonly config?: FileRead;
  /** Where the names of its classes may be, the first that is there. */
  readonly labels: {
    /** The user named the file. */
    readonly given: boolean;
    readonly files: readonly FileRead[];
  };
}

const baseName = (path: string) =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

export function openSource(source: ModelSource, readUrl: ReadUrl): ModelFiles {
  return source.kind === 'url' ? fromUrl(source, readUrl) : fromFiles(source.files);
}

function fromUrl(
  { url, label = url, weights, config, labels }: UrlSource,
  readUrl: ReadUrl,
): ModelFiles {
  const [path, query = ''] = url.split('?');
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const main = decodeURIComponent(baseName(path));
  const beside = label.slice(0, label.lastIndexOf('/') + 1);
  const nameOf = (name: string) => (name === main ? label : `${beside}${name}`);
  const read = async (address: string, name: string, options: ReadOptions & UrlOptions) => {
    try {
      return await readUrl(address, options);
    } catch (error) {
      if (isAborted(error) || error instanceof AppError) throw error;
      throw new AppError('bad-file', `${name}: could not be read: ${sentence(error)}`, {
        cause: error,
      });
    }
  };
  const apart = (file: { readonly url: string; readonly label: string }): FileRead => ({
    label: file.label,
    read: (options = {}) => read(file.url, file.label, options),
  });
  return {
    label,
    main,
    nameOf,
    read(name, options = {}) {
      const own = name === main;
      const address = own ? path : `${folder}${encodePath(name)}`;
      const within = own ? undefined : folder;
      return read(`${address}${query && `?${query}`}`, nameOf(name), { ...options, within });
    },
    ...(weights && { weights: apart(weights) }),
    ...(config && { config: apart(config) }),
    labels: labels
      ? { given: true, files: [apart(labels)] }
      : {
          given: false,
          // A server is not asked for files that it may well not have.
          files: (url.startsWith('file:') ? LABELS_BESIDE : []).map((name) =>
            apart({ url: `${folder}${name}`, label: nameOf(name) }),
          ),
        },
  };
}

/** What files of labels are called where nobody names them. */
const LABELS_BESIDE = ['labels.txt', 'labels.json'];

/** A path as a URL has it: `#`, `%`, `?` and spaces are characters of file names like others. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Whether a network can be read again without a connection: files that are in no memory. */
export function isOnDisk(source: ModelSource): boolean {
  return source.kind === 'url'
    ? source.url.startsWith('file:')
    : source.files.every(({ bytes }) => bytes instanceof Blob);
}

/** Dropped files are matched by name alone: a browser does not give their folders. */
function fromFiles(files: readonly NamedBytes[]): ModelFiles {
  // The same letters may be written in two ways; file systems differ.
  const key = (path: string) => baseName(path).normalize('NFC');
  const byName = new Map<string, ArrayBuffer | Blob>();
  for (const { name, bytes } of files) {
    if (byName.has(key(name))) {
      throw badFile(baseName(name), 'two of the files have this name', 'the files of one network');
    }
    byName.set(key(name), bytes);
  }
  const { main, weights, config, labels } = networkParts([...byName.keys()]);
  const read = async (path: string) => {
    const bytes = byName.get(key(path));
    if (!bytes) return null;
    try {
      return new Uint8Array(bytes instanceof Blob ? await bytes.arrayBuffer() : bytes);
    } catch (error) {
      throw new AppError('bad-file', `${baseName(path)}: could not be read: ${sentence(error)}`, {
        cause: error,
      });
    }
  };
  const large = (path: string) => {
    const bytes = byName.get(key(path));
    return bytes instanceof Blob ? storedOf(bytes, baseName(path)) : null;
  };
  const apart = (name: string): FileRead => ({
    label: name,
    read: () => read(name),
    large: () => large(name),
  });
  return {
    label: main,
    main,
    nameOf: baseName,
    read,
    large,
    ...(weights !== undefined && { weights: apart(weights) }),
    ...(config !== undefined && { config: apart(config) }),
    labels: { given: false, files: labels === undefined ? [] : [apart(labels)] },
  };
}
