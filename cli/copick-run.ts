import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { few } from '../src/core/few.ts';
import { copickRuns, type ParticleList, readPicks } from '../src/core/particles/index.ts';
import { readBytes } from './files.ts';
import { isFolder } from './folder-listing.ts';

export interface CopickFolder {
  /** The picks of the first user and session, each object a class. */
  readonly list: () => Promise<ParticleList>;
  /** The tomogram with the finest voxels; undefined where the folder has none. */
  readonly tomogram: string | undefined;
}

/** From a project to its picks: `ExperimentRuns/TS_1/Picks/*.json`. */
const DEPTH = 4;

/**
 * The run that a folder of a copick project holds, null where it holds none.
 *
 * @param folder of a project with one run, of a run, or of its picks
 * @throws AppError 'bad-input' where it holds several
 */
export async function copickRunIn(folder: string): Promise<CopickFolder | null> {
  if (!(await isFolder(folder))) return null;
  // The name of the run may stand in the folder's own path.
  const base = dirname(dirname(resolve(folder)));
  const paths = await pathsIn(resolve(folder), DEPTH);
  const runs = copickRuns(
    paths.map((path) => path.slice(join(base, '/').length).replaceAll('\\', '/')),
  ).filter(({ picks }) => picks.length > 0);
  if (runs.length > 1)
    throw badInput(
      `${folder}: this copick project has ${runs.length} runs; accepted: the folder of one of ${few(runs.map(({ name }) => name))}`,
    );
  const [run] = runs;
  if (!run) return null;
  const [finest] = run.tomograms;
  return {
    tomogram: finest && join(base, finest),
    async list() {
      const [own] = run.picks;
      const files = await Promise.all(
        own.map(async (path) => ({ name: path, bytes: await readBytes(join(base, path)) })),
      );
      return readPicks(files, folder);
    },
  };
}

/** Paths of files, and of folders of Zarr with their slash, which are not entered. */
async function pathsIn(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    if (entry.name.endsWith('.zarr')) return [`${path}/`];
    return depth > 1 ? pathsIn(path, depth - 1) : [];
  });
  return (await Promise.all(found)).flat();
}
