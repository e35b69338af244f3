import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Folders above a list in which what it names is looked for: projects are several deep. */
export const UP = 4;

/** A file that another one names, as a path from its folder, from one above it, or beside it; null when it is not there. */
export async function findBeside(from: string, name: string): Promise<string | null> {
  const folder = resolve(dirname(from));
  const paths = [join(folder, basename(name))];
  for (let up = 0, at = folder; up <= UP; up++, at = dirname(at)) paths.push(resolve(at, name));
  for (const path of paths.reverse()) {
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) return path;
  }
  return null;
}
