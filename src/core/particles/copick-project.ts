/** One run of a copick project: what copick keeps of it in a folder of its name. */
export interface CopickRun {
  readonly name: string;
  /** Folders of its tomograms, with their slash; the finest first, and features of tomograms left out. */
  readonly tomograms: readonly string[];
  /** Files of picks; those of one user and session, one for each object, stand together. */
  readonly picks: readonly (readonly string[])[];
}

const TOMOGRAM = /^(?:.*\/)?([^/]+)\/VoxelSpacing(\d+(?:\.\d+)?)\/[^/]+\.zarr\//;
const FEATURES = /_features\.zarr\/$/;
/** `user_session_object.json`; copick has no underscores in these names. */
const PICKS = /^(?:.*\/)?([^/]+)\/Picks\/([^/_]+_[^/_]+)_[^/]+\.json$/;

/** The runs that files belong to by their paths, in the order of these; none where they are of no project. */
export function copickRuns(paths: Iterable<string>): CopickRun[] {
  const runs = new Map<string, { spacings: Map<string, number>; picks: Map<string, string[]> }>();
  const runOf = (name: string) => {
    const run = runs.get(name) ?? { spacings: new Map(), picks: new Map() };
    runs.set(name, run);
    return run;
  };
  for (const path of [...paths].sort()) {
    const [tomogram, run, spacing] = TOMOGRAM.exec(path) ?? [];
    if (tomogram && !FEATURES.test(tomogram)) runOf(run).spacings.set(tomogram, Number(spacing));
    const [picks, of, by] = PICKS.exec(path) ?? [];
    if (picks) {
      const known = runOf(of).picks;
      known.set(by, [...(known.get(by) ?? []), path]);
    }
  }
  return Array.from(runs, ([name, { spacings, picks }]) => ({
    name,
    tomograms: [...spacings].sort((a, b) => a[1] - b[1]).map(([folder]) => folder),
    picks: [...picks.values()],
  }));
}
