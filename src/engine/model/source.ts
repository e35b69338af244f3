import { AppError, badFile, isAborted, sentence } from '../../core/errors.ts';
import type { ModelSource } from '../types.ts';

/** Reads the bytes at a URL; null when there is nothing. */
export type ReadUrl = (url: string, options: ReadOptions) => Promise<Uint8Array | null>;

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Told how many bytes are there so far. */
  readonly onBytes?: (received: number) => void;
  /** Past every cache. */
  readonly fresh?: boolean;
}

/** The files of one network, whatever they come from. */
export interface ModelFiles {
  /** What to call the network in messages. */
  readonly label: string;
  /** A file beside `model.json` by its path in the manifest; null when it is not there. */
  read(path: string, options?: ReadOptions): Promise<Uint8Array | null>;
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
  return {
    label,
    topology: baseName(path),
    async read(name, options = {}) {
      try {
        return await readUrl(`${folder}${name}${query && `?${query}`}`, options);
      } catch (error) {
        if (isAborted(error) || error instanceof AppError) throw error;
        const beside = label.slice(0, label.lastIndexOf('/') + 1);
        throw new AppError('bad-file', `${beside}${name}: could not be read: ${sentence(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** Dropped files are matched by name alone: a browser does not tell their folders. */
function fromFiles(files: readonly { name: string; bytes: ArrayBuffer }[]): ModelFiles {
  const byName = new Map(files.map(({ name, bytes }) => [baseName(name), new Uint8Array(bytes)]));
  const topologies = [...byName.keys()].filter(
    (name) => name.endsWith('.json') && name !== 'respond-cam.json',
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
    read: async (path) => byName.get(baseName(path)) ?? null,
  };
}
