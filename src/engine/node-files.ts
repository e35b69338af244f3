import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aborted } from '../core/errors.ts';
import type { ReadUrl } from './model/source.ts';

/** Bytes asked for at once, so that progress shows and cancelling is heard. */
const PART = 16 * 2 ** 20;

/**
 * Reads `file:` URLs; a missing file is null. Only regular files: a device or a pipe may never end. With
 * `within`, only one that lies in that folder after all links are followed.
 */
export const readFileUrl: ReadUrl = async (url, { signal, onBytes, limit = Infinity, within }) => {
  const path = fileURLToPath(url);
  let file: FileHandle;
  try {
    if (within !== undefined) await mustBeInside(path, fileURLToPath(within));
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ENXIO' || code === 'ENODEV') throw new Error(IRREGULAR);
    throw error;
  }
  try {
    const info = await file.stat();
    if (info.isDirectory()) throw new Error('it is a folder; accepted: a file');
    if (!info.isFile()) throw new Error(IRREGULAR);
    const bytes = new Uint8Array(Math.min(info.size, limit + 1));
    let received = 0;
    while (received < bytes.length) {
      if (signal?.aborted) throw aborted();
      const room = Math.min(PART, bytes.length - received);
      const { bytesRead } = await file.read(bytes, received, room, received);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      received += bytesRead;
      onBytes?.(received);
    }
    return bytes;
  } finally {
    await file.close();
  }
};

const IRREGULAR = 'it is a device or a pipe; accepted: a regular file';

/** Throws unless a file lies in a folder after all links are followed. */
export async function mustBeInside(path: string, folder: string): Promise<void> {
  const [file, root] = await Promise.all([realpath(path), realpath(folder)]);
  const prefix = root.endsWith(sep) ? root : `${root}${sep}`;
  if (file.startsWith(prefix)) return;
  throw new Error('it is a link that leads out of its folder; accepted: a file in it');
}
