import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, badFile, badInput } from '../src/core/errors.ts';
import {
  ACCEPTED_ZARR,
  below,
  openZarr,
  rangeOf,
  servedZarr,
  type ZarrFiles,
  zarrRoot,
  zippedZarr,
} from '../src/core/ome-zarr/index.ts';
import { type ParticleList, tomogramFile } from '../src/core/particles/index.ts';
import { mustBeTomogram } from '../src/core/tomogram/index.ts';
import {
  isVolumeName,
  lengthText,
  type OpenOptions,
  openSource,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import { withFile } from './files.ts';

/**
 * Calls `use` with a tomogram of which regions can be read: a volume file, or an OME-Zarr as a folder, a zip archive or
 * the address of one on a server; of several resolutions the finest. @throws AppError 'bad-file'
 */
export function withTomogram<T>(
  path: string,
  options: OpenOptions,
  use: (access: VolumeAccess) => Promise<T>,
): Promise<T> {
  return withLevels(path, options, ([finest]) => use(finest));
}

/** The same with all resolutions of an OME-Zarr, the finest first. */
export async function withLevels<T>(
  path: string,
  options: OpenOptions,
  use: (levels: readonly VolumeAccess[]) => Promise<T>,
): Promise<T> {
  const { voxelSize } = options;
  const ofZarr = async (files: ZarrFiles) => use(await openZarr(files, { voxelSize }));
  if (/^https?:\/\//i.test(path)) return ofZarr(servedFiles(path));
  const info = await stat(path).catch(() => null);
  if (info?.isDirectory()) return ofZarr(await folderFiles(path));
  return withFile(path, async (source) => {
    const zarr = await zippedZarr(source);
    if (zarr) return ofZarr(zarr);
    const access = await openSource(source, options);
    mustBeTomogram(path, access.header);
    return use([access]);
  });
}

/** The coarsest resolution whose voxels are not larger than those asked for; the finest where sizes are not known. */
export function levelFor(
  levels: readonly VolumeAccess[],
  voxelSize: number | undefined,
): VolumeAccess {
  const [finest] = levels;
  if (voxelSize === undefined || !finest.header.voxelSizeKnown) return finest;
  const fine = levels.filter(({ header }) => header.voxelSize[0] <= 1.01 * voxelSize);
  return fine.at(-1) ?? finest;
}

/** Says that another resolution than the finest is read. */
export const levelSteps = ([finest]: readonly VolumeAccess[], level: VolumeAccess): string[] =>
  level === finest
    ? []
    : [
        `Its resolution of ${lengthText(level.header.voxelSize)} is read, the nearest that is not coarser.`,
      ];

/** A tomogram of a list; without access the reason why it cannot be read. */
export interface ListedAccess {
  /** As the list names it. */
  readonly name: string;
  readonly access: VolumeAccess | null;
  readonly problem: string;
  /** Of the list, in it. */
  readonly particles: number;
}

/**
 * Calls `use` with the tomogram at `path`, or, where that is a folder of tomograms, with each that the list names. One
 * that is missing or damaged there is said and the others are used.
 */
export async function withTomograms<T>(
  path: string,
  list: ParticleList,
  options: OpenOptions,
  use: (tomograms: readonly ListedAccess[]) => Promise<T>,
): Promise<T> {
  const names = await tomogramNames(path);
  if (names === null) {
    return withTomogram(path, options, (access) =>
      use([{ name: '', access, problem: '', particles: list.count }]),
    );
  }
  const { tomograms, tomogram, fileName } = list;
  if (!tomogram) {
    throw badInput(
      `${fileName}: it names no tomograms, and ${path} is a folder of ${names.length}; accepted: --tomogram with the file that its particles stand in`,
    );
  }
  const counts = new Uint32Array(tomograms.length);
  for (const i of tomogram) counts[i]++;
  const opened: ListedAccess[] = [];
  const next = async (i: number): Promise<T> => {
    if (i === tomograms.length) return use(opened);
    const { name } = tomograms[i];
    const file = tomogramFile(name, names);
    const about = { name, particles: counts[i] };
    if (file === null) {
      const problem = `${path} has no file of the name of ${name}`;
      opened.push({ ...about, access: null, problem });
      return next(i + 1);
    }
    let started = false;
    try {
      return await withTomogram(join(path, file), options, (access) => {
        started = true;
        opened.push({ ...about, access, problem: '' });
        return next(i + 1);
      });
    } catch (error) {
      if (started || !(error instanceof AppError)) throw error;
      opened.push({ ...about, access: null, problem: error.message });
      return next(i + 1);
    }
  };
  return next(0);
}

/** The tomograms in a folder; null where the path is none, or the folder of one Zarr. */
async function tomogramNames(path: string): Promise<string[] | null> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
  if (!entries || zarrRoot(entries.map(({ name }) => name)) !== null) return null;
  const found = entries.filter((entry) =>
    entry.isDirectory() ? /\.zarr$/i.test(entry.name) : isVolumeName(entry.name),
  );
  const alone = found.length === 1 && found[0].isDirectory();
  return found.length === 0 || alone ? null : found.map(({ name }) => basename(name)).sort();
}

/** Folders of a Zarr that are looked into for its top. */
const DEPTH = 3;

async function folderFiles(folder: string): Promise<ZarrFiles> {
  let paths: string[] = [''];
  for (let depth = 0; depth < DEPTH; depth++) {
    const found: string[] = [];
    for (const path of paths.slice(0, 100)) {
      const entries = await readdir(join(folder, path), { withFileTypes: true });
      const root = zarrRoot(entries.map(({ name }) => path + name));
      if (root !== null) return below(root, { name: folder, read: readPart });
      for (const entry of entries) if (entry.isDirectory()) found.push(`${path}${entry.name}/`);
    }
    paths = found;
  }
  throw badFile(
    folder,
    'this is a folder without a Zarr',
    `a file, or a folder of ${ACCEPTED_ZARR}`,
  );

  async function readPart(path: string, range?: Parameters<ZarrFiles['read']>[1]) {
    const file = join(folder, path);
    try {
      if (!range) return new Uint8Array(await readFile(file));
      const handle = await open(file);
      try {
        const [from, to] = rangeOf(range, (await handle.stat()).size);
        const bytes = new Uint8Array(Math.max(0, to - from));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
      throw error;
    }
  }
}

/** The files below an address. */
const servedFiles = (url: string): ZarrFiles =>
  servedZarr(url, url, (address, headers) =>
    fetch(address, { headers }).catch((cause: unknown) => {
      throw badFile(
        url,
        `there is no connection (${cause instanceof Error ? cause.message : cause})`,
        'an address that can be reached',
      );
    }),
  );
