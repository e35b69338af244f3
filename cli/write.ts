import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError, badInput, sentence } from '../src/core/errors.ts';
import { isShard, type NamedFile } from '../src/engine/model/write.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  EIO: 'the disk reports a fault',
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of this path is a file',
  EEXIST: 'there is a file of this name',
  EISDIR: 'there is a folder of this name',
};

/** The error for a file that could not be written, with the reason in words. */
export function cannotWrite(path: string, cause: unknown): AppError {
  return new AppError('bad-file', `${path}: cannot be written (${reason(cause)})`, { cause });
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? sentence(cause);
}

/**
 * Makes the folder that a flag names, with its parents. Not `mkdir`'s own `recursive`, which never
 * returns where a parent exists but takes no folders, as in `/proc`.
 *
 * @throws AppError 'bad-input' when it cannot be made or written.
 */
export async function makeFolder(folder: string, flag = '--out'): Promise<void> {
  const missing: string[] = [];
  try {
    for (let path = resolve(folder); !(await exists(path)); path = dirname(path)) {
      missing.unshift(path);
    }
    for (const path of missing) {
      await mkdir(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error; // another process was faster
      });
    }
    await readdir(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw badInput(
      `${flag} ${folder}: the folder cannot be written (${reason(error)}); accepted: a new folder, or one where files may be written`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Refuses to replace a file of which nothing says what it is; `flag` with its value stands first in the message. */
export async function refuseFile(flag: string, path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile() || info.size === 0) return;
  throw badInput(
    `${flag}: there is a file ${path} already; accepted: another name, or --force to replace it`,
  );
}

/** Refuses to start what cannot end: `what` needs `bytes` on the disk of `folder`. */
export async function requireSpace(folder: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize;
  if (blocks === 0 || free >= bytes) return; // some network drives report nothing
  throw badInput(
    `--out ${folder}: ${what} take ${size(bytes)}, but ${size(free)} are free there; accepted: a disk with more room`,
  );
}

/** `5.9 GB`, `120 MB`, `257 kB`. */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e3).toFixed(0)} kB`;
}

/** One file to write. */
export interface Output {
  readonly path: string;
  /** An async iterable is written piece by piece. */
  readonly bytes: Uint8Array | AsyncIterable<string>;
  /** Where the file that was at `path` goes, replacing what is there. */
  readonly keepAs?: string;
}

/** A reader sees the old file or the new one, never half of one, even when the machine stops. */
export function writeAtomically(path: string, bytes: Output['bytes']): Promise<void> {
  return writeTogether([{ path, bytes }]);
}

/**
 * Writes files that belong together: each beside its final name, and when all are complete they are
 * renamed, in this order. If one cannot be written, all the old ones stay. Not `durable`, they may be
 * lost when the machine itself stops, which is faster for many small files.
 */
export async function writeTogether(
  outputs: readonly Output[],
  { durable = true } = {},
): Promise<void> {
  const part = (path: string) => `${path}.part`;
  let at = '';
  try {
    for (const { path, bytes } of outputs) {
      at = path;
      const file = await open(part(path), 'w');
      try {
        await writeFile(file, bytes);
        if (durable) await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { path, keepAs } of outputs) {
      at = path;
      if (keepAs !== undefined && (await exists(path))) await rename(path, keepAs);
      await rename(part(path), path);
    }
  } catch (error) {
    for (const { path } of outputs) await rm(part(path), { force: true });
    throw cannotWrite(at, error);
  }
}

/** Writes the files of a network, `model.json` last, and removes the weights of one that was there. */
export async function writeModel(folder: string, files: readonly NamedFile[]): Promise<void> {
  await writeTogether(files.map(({ name, bytes }) => ({ path: join(folder, name), bytes })));
  for (const name of await readdir(folder)) {
    if (isShard(name) && !files.some((file) => file.name === name)) await rm(join(folder, name));
  }
}
