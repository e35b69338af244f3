import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SetVolume } from '../src/core/evaluation/index.ts';

/** Bytes of each file that are looked at: the header with its statistics, and the first values. */
const BEGINNING = 4096;

/**
 * SHA-256 over the volumes of a set in their order: name, class, size and first bytes of each. The same
 * wherever the folder lies, and another one for volumes of other noise under the same names.
 */
export function filesFingerprint(folder: string, volumes: readonly SetVolume[]): string {
  const sum = createHash('sha256');
  const bytes = Buffer.alloc(BEGINNING);
  for (const { id, class: label } of volumes) {
    // One of several volumes of a file is `FILE#N`.
    const path = join(folder, id.replace(/#\d+$/, ''));
    const info = statSync(path, { throwIfNoEntry: false });
    const size = info?.isFile() ? info.size : -1;
    sum.update(`${JSON.stringify([id, label, size])}\n`);
    if (size > 0) sum.update(bytes.subarray(0, readStart(path, bytes)));
  }
  return sum.digest('hex');
}

/** Bytes read; none of a file that may not be read, which is skipped with its reason in its turn. */
function readStart(path: string, into: Buffer): number {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return readSync(file, into, 0, into.length, 0);
  } catch {
    return 0;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
