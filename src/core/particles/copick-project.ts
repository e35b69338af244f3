/** One run of a copick project: what copick keeps of it in a folder of its name. */
export interface CopickRun {
  readonly name: string;
  /** Folders of its tomograms, with their slash; the finest first, and features of tomograms left out. */
  readonly tomograms: readonly string[];
  readonly picks: readonly CopickPicks[];
}

/** Picks of one user and session. */
export interface CopickPicks {
  /** `user_session` */
  readonly by: string;
  /** One for each object. */
  readonly files: readonly string[];
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
    picks: Array.from(picks, ([by, files]) => ({ by, files })),
  }));
}

const TRUTH = /truth|ground|curat|(^|[^a-z])gt([^a-z]|$)/i;

/** Whether a name says that what it names is what is really there. */
export const isTruthName = (name: string): boolean => TRUTH.test(name);

/**
 * Of picks by several users and sessions those that are looked at, and those that they are held against: whose name says
 * that they are the truth, else the second.
 */
export function sharedOut(picks: readonly CopickPicks[]): {
  readonly own: CopickPicks;
  readonly truth: CopickPicks | null;
} {
  const truth = picks.length > 1 ? (picks.find(({ by }) => isTruthName(by)) ?? picks[1]) : null;
  return { own: picks.find((one) => one !== truth)!, truth };
}

/** Which picks were taken of several, a sentence; null of the only ones. */
export function takenText(picks: readonly CopickPicks[], { by }: CopickPicks): string | null {
  if (picks.length < 2) return null;
  const others = picks.map((one) => one.by).filter((one) => one !== by);
  return `The picks of ${by} are taken; there are others by ${others.join(', ')}.`;
}
