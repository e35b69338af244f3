import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { badFile } from '../src/core/errors.ts';
import type { ByteSource } from '../src/core/volume/index.ts';

/** The bytes of a file; throws `bad-file` naming the path when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    await mustBeFile(path);
    const buffer = await readFile(path);
    // an own, aligned buffer: small files come out of a shared pool
    return new Uint8Array(
      buffer.buffer.byteLength === buffer.length ? buffer.buffer : buffer.slice(),
    );
  } catch (error) {
    throw readable(path, error);
  }
}

/** The first bytes of a file as text: enough to see what columns the tables of a list have. */
export const headOf = (path: string): Promise<string> =>
  withFile(path, async (source) => new TextDecoder().decode(await source.read(0, 1 << 16)));

/** Calls `use` with a file whose ranges can be read; throws `bad-file` when it cannot be opened. */
export async function withFile<T>(
  path: string,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    const size = await mustBeFile(path);
    handle = await open(path);
    return await use(fileSource(path, size, handle));
  } catch (error) {
    throw readable(path, error);
  } finally {
    await handle?.close();
  }
}

/** Largest range that one call of the system reads. */
const MAX_READ = 2 ** 30;

function fileSource(path: string, size: number, handle: FileHandle): ByteSource {
  return {
    name: path,
    size,
    async read(from, to) {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
      let at = 0;
      while (at < bytes.length) {
        const length = Math.min(MAX_READ, bytes.length - at);
        const { bytesRead } = await handle.read(bytes, at, length, from + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes.subarray(0, at);
    },
  };
}

/** Throws `bad-file` for what is not there, and for what is no file. */
export async function requireFile(path: string): Promise<void> {
  await mustBeFile(path).catch((error) => {
    throw readable(path, error);
  });
}

/** The size of a file; throws `bad-file` for folders, and for devices and pipes, which may never end. */
async function mustBeFile(path: string): Promise<number> {
  const info = await stat(path);
  if (info.isDirectory()) throw badFile(path, 'this is a folder', 'a file');
  if (!info.isFile()) throw badFile(path, 'this is a device or a pipe', 'a file');
  return info.size;
}

function readable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return badFile(path, 'there is no such file', 'the path of an existing file');
    case 'EACCES':
    case 'EPERM':
      return badFile(path, 'this file may not be read', 'a readable file');
    case 'ERR_FS_FILE_TOO_LARGE':
      return badFile(path, 'the file is too large to read at once', 'files up to 2 GiB');
    default:
      return error;
  }
}
