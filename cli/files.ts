import { readFile, stat } from 'node:fs/promises';
import { badFile } from '../src/core/errors.ts';

/** The bytes of a file; throws `bad-file` naming the path when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw badFile(path, 'this is a folder', 'a file');
    const buffer = await readFile(path);
    // an own, aligned buffer: small files come out of a shared pool
    return new Uint8Array(
      buffer.buffer.byteLength === buffer.length ? buffer.buffer : buffer.slice(),
    );
  } catch (error) {
    throw readable(path, error);
  }
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
