import { AppError, badFile, isAborted, sentence } from '../../core/errors.ts';
import type { ModelSource } from '../types.ts';
import { SIDECAR } from './sidecar.ts';

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
  /** Told how many bytes are there so far. */
  readonly onBytes?: (received: number) => void;
  /** Past every cache. */
  readonly fresh?: boolean;
  /** Bytes; of a longer file, the first `limit + 1` are enough. */
  readonly limit?: number;
}

/** The files of one network, whatever they come from. */
export interface ModelFiles {
  /** What to call the network in messages. */
  readonly label: string;
  /** A file beside `model.json` by its path in the manifest; null when it is not there. */
  read(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /** What messages call a file beside `model.json`. */
  nameOf(path: string): string;
  /** Path of the topology, the one file that must exist. */
  readonly topology: string;
}

const baseName = (path: string) =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

export function openSource(source: ModelSource, readUrl: ReadUrl): ModelFiles {
  return source.kind === 'url'
    ? fromUrl(source.url, source.label ?? source.url, readUrl)
    : fromFiles(source.files);
}

function fromUrl(url: string, label: string, readUrl: ReadUrl): ModelFiles {
  const [path, query = ''] = url.split('?');
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const topology = baseName(path);
  const beside = label.slice(0, label.lastIndexOf('/') + 1);
  const nameOf = (name: string) => (name === topology ? label : `${beside}${name}`);
  return {
    label,
    topology,
    nameOf,
    async read(name, options = {}) {
      const own = name === topology;
      const address = own ? path : `${folder}${encodePath(name)}`;
      try {
        const within = own ? undefined : folder;
        return await readUrl(`${address}${query && `?${query}`}`, { ...options, within });
      } catch (error) {
        if (isAborted(error) || error instanceof AppError) throw error;
        throw new AppError('bad-file', `${nameOf(name)}: could not be read: ${sentence(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** A path as a URL has it: `#`, `%`, `?` and spaces are characters of file names like others. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Dropped files are matched by name alone: a browser does not tell their folders. */
function fromFiles(files: readonly { name: string; bytes: ArrayBuffer }[]): ModelFiles {
  // The same letters may be written in two ways; file systems differ.
  const key = (path: string) => baseName(path).normalize('NFC');
  const byName = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { name, bytes } of files) {
    if (byName.has(key(name))) {
      throw badFile(baseName(name), 'two of the files have this name', 'the files of one network');
    }
    byName.set(key(name), new Uint8Array(bytes));
  }
  const topologies = [...byName.keys()].filter(
    (name) => name.endsWith('.json') && name !== SIDECAR,
  );
  if (topologies.length !== 1) {
    const names = [...byName.keys()].join(', ') || 'nothing';
    throw badFile(
      names,
      topologies.length === 0 ? 'no model.json among the files' : 'more than one model .json',
      'one model.json of a TensorFlow.js layers model together with its weight files',
    );
  }
  return {
    label: topologies[0],
    topology: topologies[0],
    nameOf: baseName,
    read: async (path) => byName.get(key(path)) ?? null,
  };
}
