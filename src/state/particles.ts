import { classColor, type Rgb } from '../core/color/index.ts';
import { createStore } from 'zustand/vanilla';
import {
  type CoordinateFrame,
  ordering,
  type ParticleList,
  type PlacedParticles,
} from '../core/particles/index.ts';
import { rests, type Steps } from '../core/steps.ts';
import type { Finding, SourceGrid, Vec3 } from '../core/volume/index.ts';
import type { ModelInfo, Progress } from '../engine/types.ts';
import type {
  BoxSource,
  PlacedFile,
  ProjectionsInfo,
  ProjectionsSource,
  TomogramInfo,
} from './tomograms.ts';

/** A list with the file that it was read from. */
export interface OpenedParticles {
  readonly list: ParticleList;
  /** Several where each kind of particle has one, as copick's picks. */
  readonly files: readonly PlacedFile[];
  /** What came with it, where it gives its particles as stacks of projections; null where it does not. */
  readonly beside: readonly PlacedFile[] | null;
}

/** Projections of the particles, of which their boxes are made. */
export interface OpenedProjections {
  readonly source: ProjectionsSource;
  readonly info: ProjectionsInfo;
}

/** How the tomogram is seen; lengths in Å. */
export interface TomogramLook {
  /** Of the world; where the three slices meet. */
  readonly at: Vec3;
  /** In the middle of the views where not all is seen. */
  readonly centre: Vec3;
  /** Averaged along the slice's axis. */
  readonly thickness: number;
  /** Details finer than this are taken away; 0 for none. */
  readonly lowPass: number;
  /** Percentiles that are black and white. */
  readonly percentiles: readonly [low: number, high: number];
  /** Å of a pixel of the screen; null shows all of it. */
  readonly pixel: number | null;
  /** Whether the surface of the region in view is shown beside the slices. */
  readonly surface: boolean;
  /** Where it lies, in standard deviations of the region from its middle; null for the usual place. */
  readonly sigma: number | null;
  /** Whether its smallest pieces are shown, too. */
  readonly specks: boolean;
}

/** What a network says of the particles, in the order in which they are placed; filled while it is running. */
export interface ParticleScores {
  readonly model: ModelInfo;
  readonly inverted: boolean;
  /** -1 where it has not been asked yet, -2 where it refused. */
  readonly predicted: Int16Array;
  readonly score: Float32Array;
  /** Over the second score. */
  readonly margin: Float32Array;
  /** NaN where the network has none. */
  readonly probability: Float32Array;
  /** Share of what speaks for the class that lies inside the particle; NaN where there is none. */
  readonly inside: Float32Array;
  /** Particles that were asked about. */
  readonly done: number;
}

/** What a network sees of the particles that it calls by one class, and where it looks; on the grid of its input. */
export interface ClassMean {
  readonly index: number;
  readonly name: string;
  readonly count: number;
  /** Whether they were turned by the angles of the list. */
  readonly turned: boolean;
  readonly grid: SourceGrid;
  readonly input: Float32Array;
  readonly map: Float32Array;
  /** Standard deviation between the maps. */
  readonly spread: Float32Array;
}

export type ParticleOrder =
  | 'row'
  | 'class'
  | 'score'
  | 'margin'
  | 'probability'
  | 'inside'
  | 'listed';

/** Which particles are listed, and in which order. */
export interface ParticleFilter {
  readonly order: ParticleOrder;
  readonly descending: boolean;
  /** Name of a class; null for all. */
  readonly className: string | null;
  /** Of the score that sorts, or the network's; null where it is open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly truth: 'all' | 'true' | 'false';
  /** Number of a half set; null for both. */
  readonly half: 1 | 2 | null;
}

/** Positions among the placed of those that the filter lets through. */
export interface ListedParticles {
  /** As they are sorted. */
  readonly sorted: Uint32Array;
  /** As they are placed. */
  readonly placed: Uint32Array;
  /** The true and the false ones of them; null where nothing says which these are. */
  readonly judged: { readonly right: Judged; readonly wrong: Judged } | null;
}

/** Particles that are called rightly, or wrongly. */
export interface Judged {
  readonly count: number;
  /** The first as they are sorted. */
  readonly first: readonly number[];
}

/** More than a strip of pictures has room for in any layout. */
const FIRST_JUDGED = 16;

export interface ParticlesState {
  readonly tomogram: TomogramInfo | null;
  /** In place of a tomogram. */
  readonly projections: OpenedProjections | null;
  readonly particles: OpenedParticles | null;
  /** A list of what is really there. */
  readonly truth: OpenedParticles | null;
  /** How the coordinates are meant; null as the file says. */
  readonly frame: CoordinateFrame | null;
  /** Which of the list's tomograms this one is; null for all particles. */
  readonly tomogramIndex: number | null;
  readonly placed: PlacedParticles | null;
  /** Whether each placed particle is true; null without a truth. */
  readonly matches: ParticleMatches | null;
  readonly opening: string | null;
  /** How much of the coarser levels is made; null when nothing is. */
  readonly averaging: Progress | null;
  readonly look: TomogramLook;
  /** The contrast is turned before a network sees it. */
  readonly invert: boolean;
  /** Boxes are turned by the angles of the list, where it has any, before a network sees them. */
  readonly oriented: boolean;
  readonly scores: ParticleScores | null;
  readonly scoring: Progress | null;
  readonly scoringError: string | null;
  /** Of the classes, most particles first; null until they are asked for. */
  readonly means: readonly ClassMean[] | null;
  readonly filter: ParticleFilter;
  /** What the filter lets through; of very many particles, that of the last filter until it is known. */
  readonly listed: ListedParticles;
  /** How many of the particles in the tomogram have each class, most first. */
  readonly classCounts: readonly ClassCount[];
  /** Position among the placed. */
  readonly current: number | null;
  /** 1 for those that are to be exported; null for all. */
  readonly selected: Uint8Array | null;
}

/** Which picks stand where a particle really is. */
export interface ParticleMatches {
  /** By position among the placed: row of the true particle in its list, -1 for none. */
  readonly rowOf: Int32Array;
  /** x, y, z in Å from the tomogram's origin of the true particles without a pick, three numbers each. */
  readonly missed: Float64Array;
  readonly found: number;
  /** True particles in the tomogram. */
  readonly total: number;
  /** Å */
  readonly within: number;
  /** About how the true particles stand in the tomogram. */
  readonly findings: readonly Finding[];
}

export type ClassCount = readonly [name: string, count: number];

export const NONE_LISTED: ListedParticles = {
  sorted: new Uint32Array(0),
  placed: new Uint32Array(0),
  judged: null,
};

export const FIRST_FILTER: ParticleFilter = {
  order: 'row',
  descending: false,
  className: null,
  from: null,
  to: null,
  truth: 'all',
  half: null,
};

export const FIRST_LOOK: TomogramLook = {
  at: [0, 0, 0],
  centre: [0, 0, 0],
  thickness: 0,
  lowPass: 0,
  percentiles: [0.5, 99.5],
  pixel: null,
  surface: false,
  sigma: null,
  specks: false,
};

export const createParticlesStore = () =>
  createStore<ParticlesState>(() => ({
    tomogram: null,
    projections: null,
    particles: null,
    truth: null,
    frame: null,
    tomogramIndex: null,
    placed: null,
    matches: null,
    opening: null,
    averaging: null,
    look: FIRST_LOOK,
    invert: false,
    oriented: false,
    scores: null,
    scoring: null,
    scoringError: null,
    means: null,
    filter: FIRST_FILTER,
    listed: NONE_LISTED,
    classCounts: [],
    current: null,
    selected: null,
  }));

/** Name of the class of a placed particle: the network's where it was asked, else the list's. */
export function classNameOf(
  { scores, particles, placed }: Pick<ParticlesState, 'scores' | 'particles' | 'placed'>,
  k: number,
): string | null {
  const predicted = scores?.predicted[k] ?? -1;
  if (predicted >= 0) return scores!.model.classes[predicted];
  return listedClassOf({ particles, placed }, k);
}

const NO_CLASS: Rgb = [255, 196, 0];

/** Colour of a placed particle, wherever it is drawn: that of the class by {@link classNameOf}. */
export function particleColor(
  { scores, particles, placed }: Pick<ParticlesState, 'scores' | 'particles' | 'placed'>,
  k: number,
): Rgb {
  const predicted = scores?.predicted[k] ?? -1;
  if (predicted >= 0) return classColor(predicted);
  const listed = particles?.list.classes;
  return listed && placed ? classColor(listed.index[placed.index[k]]) : NO_CLASS;
}

/** Name of the class that the list gives. */
export function listedClassOf(
  { particles, placed }: Pick<ParticlesState, 'particles' | 'placed'>,
  k: number,
): string | null {
  const classes = particles?.list.classes;
  return classes && placed ? classes.names[classes.index[placed.index[k]]] : null;
}

/** The numbers that particles can be sorted by; NaN where there is none. */
const VALUES: Readonly<Record<ParticleOrder, (state: ParticlesState, k: number) => number>> = {
  row: ({ placed }, k) => placed!.index[k],
  class: ({ scores, particles, placed }, k) => {
    if (scores && scores.predicted[k] >= 0) return scores.predicted[k];
    return particles!.list.classes?.index[placed!.index[k]] ?? Number.NaN;
  },
  score: ({ scores }, k) => scores?.score[k] ?? Number.NaN,
  margin: ({ scores }, k) => scores?.margin[k] ?? Number.NaN,
  probability: ({ scores }, k) => scores?.probability[k] ?? Number.NaN,
  inside: ({ scores }, k) => scores?.inside[k] ?? Number.NaN,
  listed: ({ particles, placed }, k) =>
    particles!.list.score?.values[placed!.index[k]] ?? Number.NaN,
};

/** The value by which particles are sorted and cut off: the score where rows or classes sort. */
export const rangedOrder = ({ filter, scores }: Pick<ParticlesState, 'filter' | 'scores'>) =>
  filter.order !== 'row' && filter.order !== 'class' ? filter.order : scores ? 'score' : 'listed';

/** Finds what is listed: inside the tomogram, and as the filter says. */
export function* listing(state: ParticlesState): Steps<ListedParticles> {
  const { placed, filter } = state;
  if (!placed) return NONE_LISTED;
  const { order, descending, className, from, to, truth, half } = filter;
  const halves = state.particles?.list.half;
  const ranged = VALUES[rangedOrder(state)];
  const isRight = judge(state);
  const out = new Uint32Array(placed.insideCount);
  let count = 0;
  for (let k = 0; k < placed.inside.length; k++) {
    if (rests(k)) yield;
    if (!placed.inside[k]) continue;
    if (half !== null && halves?.[placed.index[k]] !== half) continue;
    if (className !== null && classNameOf(state, k) !== className) continue;
    if (from !== null && !(ranged(state, k) >= from)) continue;
    if (to !== null && !(ranged(state, k) <= to)) continue;
    if (truth !== 'all' && isRight(k) !== (truth === 'true')) continue;
    out[count++] = k;
  }
  const found = out.subarray(0, count);
  // Who draws them does so once more only where they are others.
  const { placed: before } = state.listed;
  const listed = (yield* isSame(found, before)) ? before : found;
  // They are placed in the order of their rows.
  const sorted =
    order !== 'row'
      ? yield* ordering(listed, (k) => VALUES[order](state, k), descending)
      : descending
        ? listed.slice().reverse()
        : listed;
  const judged = hasTruth(state) ? yield* judging(sorted, isRight) : null;
  return { sorted, placed: listed, judged };
}

function* isSame(a: Uint32Array, b: Uint32Array): Steps<boolean> {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (rests(i)) yield;
    if (a[i] !== b[i]) return false;
  }
  return true;
}

function* judging(sorted: Uint32Array, isRight: (k: number) => boolean | null) {
  const right = { count: 0, first: [] as number[] };
  const wrong = { count: 0, first: [] as number[] };
  for (let i = 0; i < sorted.length; i++) {
    if (rests(i)) yield;
    const answer = isRight(sorted[i]);
    if (answer === null) continue;
    const which = answer ? right : wrong;
    if (which.count++ < FIRST_JUDGED) which.first.push(sorted[i]);
  }
  return { right, wrong };
}

/** Counts the particles in the tomogram by their classes. */
export function* countingClasses(
  state: Pick<ParticlesState, 'scores' | 'particles' | 'placed'>,
): Steps<readonly ClassCount[]> {
  const { placed, scores, particles } = state;
  const listed = particles?.list.classes;
  if (!placed) return [];
  const asked = new Uint32Array(scores?.model.classes.length ?? 0);
  const known = new Uint32Array(listed?.names.length ?? 0);
  for (let k = 0; k < placed.inside.length; k++) {
    if (rests(k)) yield;
    if (!placed.inside[k]) continue;
    const predicted = scores?.predicted[k] ?? -1;
    if (predicted >= 0) asked[predicted]++;
    else if (listed) known[listed.index[placed.index[k]]]++;
  }
  const counts = new Map<string, number>();
  const add = (names: readonly string[], of: Uint32Array) => {
    for (const [i, count] of of.entries())
      if (count > 0) counts.set(names[i], (counts.get(names[i]) ?? 0) + count);
  };
  add(scores?.model.classes ?? [], asked);
  add(listed?.names ?? [], known);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

type Judging = Pick<ParticlesState, 'matches' | 'truth' | 'scores' | 'particles' | 'placed'>;

/** Whether anything says which particles are true; see {@link judge}. */
export function hasTruth({ matches, truth, scores, particles }: Judging): boolean {
  if (matches && truth) return true;
  const known = particles?.list.classes?.names ?? [];
  // Numbers of a classification are no names of the network's classes.
  return scores !== null && known.some((name) => scores.model.classes.includes(name));
}

/**
 * Says whether a particle is what it is called: with a second list, whether one of that class stands there; without,
 * whether the network says the class that the list gives. Null where nothing says.
 */
export function judge(state: Judging): (k: number) => boolean | null {
  const { matches, truth, scores } = state;
  if (matches && truth) {
    const { classes } = truth.list;
    // A truth with classes of its own can only be held against the list.
    const asked = scores?.model.classes.some((name) => classes?.names.includes(name));
    return (k) => {
      const row = matches.rowOf[k];
      if (row < 0) return false;
      const own = asked ? classNameOf(state, k) : listedClassOf(state, k);
      return !classes || own === null || classes.names[classes.index[row]] === own;
    };
  }
  if (!hasTruth(state)) return () => null;
  return (k) =>
    scores!.predicted[k] < 0 ? null : listedClassOf(state, k) === classNameOf(state, k);
}

/** Whether a particle would be exported. */
export const isSelected = ({ selected }: Pick<ParticlesState, 'selected'>, k: number) =>
  selected === null || selected[k] === 1;

/** What the boxes of the particles are made of. */
export const boxSourceOf = ({
  tomogram,
  projections,
}: Pick<ParticlesState, 'tomogram' | 'projections'>): BoxSource | null =>
  tomogram?.source ?? projections?.source ?? null;

/** World position, Å, of a placed particle. */
export function placeOfParticle(
  { placed }: Pick<ParticlesState, 'placed'>,
  { grid: { origin } }: TomogramInfo,
  k: number,
): Vec3 {
  const [x, y, z] = placed!.positions.subarray(3 * k, 3 * k + 3);
  return [x + origin[0], y + origin[1], z + origin[2]];
}

/** Where an array of flags has a 1. */
export function flagged(flags: Uint8Array): Uint32Array {
  const out = new Uint32Array(flags.length);
  let count = 0;
  for (let k = 0; k < flags.length; k++) if (flags[k] === 1) out[count++] = k;
  return out.subarray(0, count);
}
