import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { few } from '../src/core/few.ts';
import {
  copickRuns,
  type ParticleList,
  readPicks,
  sharedOut,
  takenText,
} from '../src/core/particles/index.ts';
import { readBytes } from './files.ts';
import { isFolder } from './folder-listing.ts';

export interface CopickFolder {
  /** Picks of one user and session, each object a class. */
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
 * @param which whose picks are taken, by `user_session`; by default those that are not the truth, or those that are
 * @throws AppError 'bad-input' where it holds several, or has no such picks
 */
export async function copickRunIn(
  folder: string,
  which: { readonly picks?: string; readonly asTruth?: boolean } = {},
): Promise<CopickFolder | null> {
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
  const { picks } = run;
  const { own, truth } = sharedOut(picks);
  const taken =
    which.picks === undefined
      ? (which.asTruth && truth) || own
      : picks.find(({ by }) => by === which.picks);
  if (!taken)
    throw badInput(
      `--picks ${which.picks}: ${folder} has no picks of that user and session; accepted: ${picks.map(({ by }) => by).join(', ')}`,
    );
  return {
    tomogram: finest && join(base, finest),
    async list() {
      const files = await Promise.all(
        taken.files.map(async (path) => ({ name: path, bytes: await readBytes(join(base, path)) })),
      );
      const list = readPicks(files, folder);
      const text = takenText(picks, taken);
      const message = `${text} --picks takes those of another.`;
      const findings = text ? [{ code: 'picks', severity: 'info', message } as const] : [];
      return { ...list, findings: [...findings, ...list.findings] };
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
