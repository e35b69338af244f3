import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import {
  folderListing,
  indexListing,
  type Listing,
  parseIndex,
} from '../src/core/evaluation/index.ts';
import type { Split } from '../src/core/simulate/index.ts';
import { readBytes } from './files.ts';

/**
 * The volumes of a folder with their classes: of its `index.json`, as `simulate` writes it or as the gallery has it, or
 * else the names of the sub-folders.
 *
 * @throws AppError 'bad-file' when the index cannot be used, 'bad-input' for a split without one
 */
export async function listingOf(
  folder: string,
  split: Split | 'all',
  pictures: boolean,
): Promise<Listing> {
  const path = join(folder, 'index.json');
  if ((await readdir(folder)).includes('index.json')) {
    const listing = indexListing(parseIndex(await readBytes(path), path), path, split);
    // `simulate` lists its volumes at the end; if it was killed, they are unlisted.
    if (listing.files.length > 0 || split !== 'all') return listing;
  }
  if (split !== 'all')
    throw badInput(`--split ${split}: ${folder} has no index.json; accepted: a folder with one`);
  return folderListing(await filesIn(folder), folder, pictures);
}

/** Paths of all files below a folder, from it, with forward slashes. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'));
}

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** @throws AppError 'bad-file' */
export async function mustBeFolder(folder: string, accepted: string): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory()) return;
  throw badFile(folder, info ? 'this is a file' : 'there is no such folder', accepted);
}
