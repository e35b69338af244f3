import { AppError, isAborted, sentence } from '../../core/errors.ts';
import {
  type CoordinateFrame,
  matching,
  type ParticleList,
  type PlacedParticles,
  placing,
  tomogramIn,
} from '../../core/particles/index.ts';
import type { Steps } from '../../core/steps.ts';
import { TRANSFERS, type TransferUse } from '../../core/subtilt/index.ts';
import { boxCentre } from '../../core/volume/index.ts';
import type {
  RegionRequest,
  SlicePicture,
  SliceRequest,
  TomogramRegion,
} from '../../core/tomogram/index.ts';
import { DEFAULT_AIM } from '../aim.ts';
import { notify } from '../notices.ts';
import {
  boxSourceOf,
  FIRST_FILTER,
  flagged,
  type OpenedParticles,
  type OpenedProjections,
  type ParticleMatches,
  type ParticleFilter,
  placeOfParticle,
  type TomogramLook,
} from '../particles.ts';
import { networkBox } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import { rememberStats } from '../stats.ts';
import type {
  BoxSource,
  PlacedFile,
  ProjectedParticle,
  ProjectionsSource,
  Thumbnails,
  TomogramInfo,
  TomogramSource,
} from '../tomograms.ts';
import type { Services } from '../types.ts';
import { INITIAL_OPTIONS } from '../volumes.ts';
import { createClassMeans } from './classMeans.ts';
import type { InputActions } from './input.ts';
import { particleItem } from './particleItem.ts';
import { boxesOf, createScoring, isCut, placesOf, rowsOf } from './particleScores.ts';
import { inTasks } from '../nextTask.ts';
import { keepListed } from './listed.ts';

export interface ParticleActions {
  /** Opens a tomogram in place of the one there is; its coarser levels are made meanwhile. */
  openTomogram(source: Omit<TomogramSource, 'id' | 'kind'>): Promise<void>;
  closeTomogram(): void;
  /** Opens a list of particles; a second one says what is really there, where `asTruth`. */
  openParticles(
    files: readonly PlacedFile[],
    beside: readonly PlacedFile[],
    asTruth?: boolean,
  ): Promise<void>;
  /** Adds files to what came with a list that gives its particles as stacks of projections. */
  openBeside(beside: readonly PlacedFile[]): Promise<void>;
  /** What becomes of the contrast transfer of projections. */
  chooseTransfer(transfer: TransferUse): void;
  /** A particle as its projections and brought together in a box `edge` Å wide; null where there are none. */
  projectParticle(k: number, edge: number): Promise<ProjectedParticle | null>;
  /** Opens a small simulated tomogram with its list. */
  openParticleExample(): Promise<void>;
  forgetTruth(): void;
  /** Says how the coordinates are meant; null as the file says. */
  chooseFrame(frame: CoordinateFrame | null): void;
  /** Which of the list's tomograms this one is; null for all of its particles. */
  chooseListedTomogram(index: number | null): void;
  /** Reads the tomogram once more with another voxel size, Å; undefined as its file says. */
  chooseTomogramVoxel(voxelSize: number | undefined): Promise<void>;
  lookAt(part: Partial<TomogramLook>): void;
  filterParticles(part: Partial<ParticleFilter>): void;
  invertParticles(invert: boolean): void;
  /** Turns boxes by the angles of the list before a network sees them, or leaves them as they lie. */
  turnParticles(oriented: boolean): void;
  /** Makes a particle the current one, and takes the slices there. */
  goToParticle(k: number | null): void;
  /** Goes `delta` particles on in the list. */
  stepParticle(delta: number): number | null;
  selectParticle(k: number, selected: boolean): void;
  /** Selects exactly those listed now, or none of them. */
  selectListed(selected: boolean): void;
  /** Asks the network in use about all particles, batch by batch; settles at the end, however it comes. */
  scoreParticles(): Promise<void>;
  /** Averages what the network sees and where it looks over the listed particles of each class. */
  averageClasses(): Promise<void>;
  cancelScoring(): void;
  /** Shows the box of a particle on the explain page. */
  explainParticle(k: number): Promise<void>;
  /** Moves on in the list, and shows that particle on the explain page. */
  explainNextParticle(delta: number): void;
  /** A slice of the tomogram; null while it cannot be had. */
  sliceTomogram(request: SliceRequest): Promise<SlicePicture | null>;
  /** The values of a region of the tomogram; null while they cannot be had. */
  regionOfTomogram(request: RegionRequest): Promise<TomogramRegion | null>;
  /** Pictures of the middle of particles' boxes, `edge` Å wide. */
  pictureParticles(ks: readonly number[], edge: number): Promise<Thumbnails>;
  /** The chosen rows in the format that they came in. */
  selectedParticles(): Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
}

/** Pixels along an edge of a small picture: projections take the longer the finer it is. */
const PIXELS = { tomogram: 48, projections: 32 } as const;
/** What part of the edge is averaged through its middle. */
const THROUGH = 8;
/** Å in which a true particle is looked for. */
const WITHIN = 100;

export function createParticleActions(
  set: StoreSet,
  services: () => Services,
  { chooseVolume }: Pick<InputActions, 'chooseVolume'>,
  now: () => number,
): ParticleActions {
  const { particles: store, network, volumes, explain, notices } = set;
  let counter = 0;
  let opening = 0;
  let listing = 0;
  let stopPlacing = () => {};
  let stopMatching = () => {};
  let averaging: AbortController | null = null;
  let projecting: AbortController | null = null;
  let boxesOfLast: BoxSource['kind'] | null = null;
  let showing: AbortController | null = null;
  const scores = createScoring(set, services, now);
  const means = createClassMeans(set, services);
  keepListed(store);

  const fail = (error: unknown) => {
    if (!isAborted(error)) notify(notices, 'error', sentence(error));
  };

  /** Finds the particles that are really there once it is known what is. */
  const match = () => {
    stopMatching();
    const { tomogram, placed, truth } = store.getState();
    store.setState({ matches: null });
    if (!tomogram || !placed || !truth) return;
    const count = Math.max(placed.index.length, truth.list.count);
    stopMatching = inTasks(count, matchingTruth(tomogram, placed, truth.list), (matches) =>
      store.setState({ matches }),
    );
  };

  /** Puts list and tomogram together once both are there. */
  const place = () => {
    stopPlacing();
    stopMatching();
    scores.stop();
    const { tomogram, particles, projections, frame, tomogramIndex } = store.getState();
    means.cancel();
    const kind = boxSourceOf(store.getState())?.kind ?? null;
    // Projections come with bright particles.
    if (kind !== null && kind !== boxesOfLast) {
      if (kind === 'projections' || boxesOfLast !== null)
        store.setState({ invert: kind === 'projections' });
      boxesOfLast = kind;
    }
    const nothing = { scores: null, scoring: null, means: null, current: null, selected: null };
    if (!tomogram || !particles) {
      const any = projections?.info.there.includes(1);
      const placed = particles && projections && any ? placedAs(particles.list, projections) : null;
      store.setState({ placed, matches: null, ...nothing });
      const first = placed?.inside.indexOf(1) ?? -1;
      if (first >= 0) store.setState({ current: first });
      return;
    }
    const { list } = particles;
    const tomogramOf = tomogramIndex === null ? {} : { tomogram: tomogramIndex };
    const file = tomogram.source.name;
    const steps = placing(list, tomogram.grid, { file, ...(frame && { frame }), ...tomogramOf });
    let done = false;
    stopPlacing = inTasks(list.count, steps, (placed) => {
      done = true;
      store.setState({ placed, matches: null, ...nothing });
      match();
    });
    // Those placed until now are others, or stand elsewhere.
    if (!done) store.setState({ placed: null, matches: null, ...nothing });
  };

  /** Which of a list's tomograms the one that is open is; all particles where it names one alone or none fits. */
  const listedIndex = (): number | null => {
    const { tomogram, particles } = store.getState();
    if (!tomogram || !particles || particles.list.tomograms.length < 2) return null;
    return tomogramIn(particles.list, tomogram.source.name);
  };

  const average = async (source: TomogramSource) => {
    averaging?.abort();
    const abort = new AbortController();
    averaging = abort;
    const { signal } = abort;
    store.setState({ averaging: { stage: 'Averaging' } });
    try {
      const tomogram = await services().tomograms.average(source, {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) store.setState({ averaging: progress });
        },
      });
      if (!signal.aborted) store.setState({ tomogram, averaging: null });
    } catch (error) {
      if (signal.aborted) return;
      store.setState({ averaging: null });
      fail(error);
    }
  };

  const forget = (source: BoxSource | undefined) => {
    if (source)
      void services()
        .tomograms.close(source)
        .catch(() => undefined);
  };

  /** Looks for the projections of a list; null where it names none. */
  const projectionsOf = async ({
    files,
    beside,
  }: OpenedParticles): Promise<OpenedProjections | null> => {
    if (!beside) return null;
    const own = { kind: 'projections', id: ++counter, list: files[0], beside } as const;
    const source: ProjectionsSource = { ...own, transfer: TRANSFERS[0] };
    return { source, info: await services().tomograms.projections(source) };
  };

  const openTomogram: ParticleActions['openTomogram'] = async (from) => {
    const source: TomogramSource = { kind: 'tomogram', ...from, id: ++counter };
    const turn = ++opening;
    store.setState({ opening: source.name });
    try {
      const tomogram = await services().tomograms.open(source);
      if (turn !== opening) return;
      forget(store.getState().tomogram?.source);
      const at = boxCentre(tomogram.grid);
      const look = { ...store.getState().look, at, centre: at, pixel: null, sigma: null };
      store.setState({ tomogram, look });
      store.setState({ tomogramIndex: listedIndex() });
      place();
      void average(source);
    } catch (error) {
      fail(error);
    } finally {
      if (turn === opening) store.setState({ opening: null });
    }
  };

  const openParticles: ParticleActions['openParticles'] = async (
    files,
    beside,
    asTruth = false,
  ) => {
    const turn = asTruth ? listing : ++listing;
    store.setState({ opening: files[0].path });
    try {
      const { list, projections: stacks } = await services().tomograms.readList(files, beside);
      const opened: OpenedParticles = { list, files, beside: stacks ? beside : null };
      const projections = asTruth ? null : await projectionsOf(opened);
      // Another list was opened meanwhile.
      if (turn !== listing) return;
      if (asTruth) {
        store.setState({ truth: opened });
        match();
      } else {
        forget(store.getState().projections?.source);
        store.setState({ particles: opened, truth: null, frame: null, filter: FIRST_FILTER });
        store.setState({ projections });
        store.setState({ tomogramIndex: listedIndex() });
        place();
      }
    } catch (error) {
      fail(error);
    } finally {
      store.setState({ opening: null });
    }
  };

  const goToParticle = (k: number | null) => {
    const state = store.getState();
    if (k === null || !state.placed) {
      store.setState({ current: null });
      return;
    }
    const { look, tomogram, placed } = state;
    if (!tomogram) {
      store.setState({ current: k });
      return;
    }
    const at = placeOfParticle({ placed }, tomogram, k);
    store.setState({
      current: k,
      look: { ...look, at, ...(look.pixel !== null && { centre: at }) },
    });
  };

  const stepParticle = (delta: number): number | null => {
    const state = store.getState();
    const listed = state.listed.sorted;
    if (listed.length === 0) return null;
    const at = state.current === null ? -1 : listed.indexOf(state.current);
    const next = Math.min(listed.length - 1, Math.max(0, at < 0 ? 0 : at + delta));
    goToParticle(listed[next]);
    return listed[next];
  };

  const explainParticle = async (k: number) => {
    const { model } = network.getState();
    const state = store.getState();
    const { placed, particles, invert } = state;
    const source = boxSourceOf(state);
    if (!source || !placed || !particles) return;
    goToParticle(k);
    showing?.abort();
    const abort = new AbortController();
    showing = abort;
    try {
      const box = (model && networkBox(model)) ?? [40, 40, 40];
      const shape = box[0] === 1 ? ([40, 40, 40] as const) : box;
      const asked = boxesOf(state, model?.sidecar ?? {}, shape, [k]);
      const [cut] = await services().tomograms.boxes(
        source,
        { ...asked, invert: false, expectation: { normalization: 'none' } },
        { signal: abort.signal },
      );
      if (abort.signal.aborted) return;
      if (!isCut(cut)) throw new AppError('bad-file', cut.reason);
      const item = particleItem(`particle-${++counter}`, state, k, cut);
      rememberStats(item.volume.data, item.stats);
      explain.setState({ aim: DEFAULT_AIM, classIndex: null });
      volumes.setState(({ items, options }) => ({
        // One particle at a time.
        items: [...items.filter((one) => !one.particle), item],
        options: { ...options, [item.id]: { ...INITIAL_OPTIONS, invert } },
      }));
      chooseVolume(item.id);
    } catch (error) {
      fail(error);
    }
  };

  return {
    openTomogram,
    openParticles,
    goToParticle,
    stepParticle,
    explainParticle,
    closeTomogram() {
      averaging?.abort();
      opening++;
      forget(store.getState().tomogram?.source);
      store.setState({ tomogram: null, tomogramIndex: null, averaging: null });
      place();
    },
    async openBeside(beside) {
      const { particles } = store.getState();
      if (!particles?.beside) return;
      await openParticles(particles.files, [...particles.beside, ...beside]);
    },
    chooseTransfer(transfer) {
      const { projections, current } = store.getState();
      if (!projections) return;
      forget(projections.source);
      const source = { ...projections.source, id: ++counter, transfer };
      store.setState({ projections: { ...projections, source } });
      place();
      goToParticle(current);
    },
    async projectParticle(k, edge) {
      const { projections, placed } = store.getState();
      if (!projections || !placed) return null;
      projecting?.abort();
      projecting = new AbortController();
      const { signal } = projecting;
      const row = placed.index[k];
      return services().tomograms.projected(projections.source, row, edge, { signal });
    },
    async openParticleExample() {
      store.setState({ opening: 'a simulated tomogram' });
      try {
        const [tomogram, list] = await services().tomograms.example();
        await openTomogram({ name: tomogram.path, from: [tomogram] });
        await openParticles([list], []);
      } catch (error) {
        fail(error);
      } finally {
        store.setState({ opening: null });
      }
    },
    forgetTruth() {
      stopMatching();
      store.setState({
        truth: null,
        matches: null,
        filter: { ...store.getState().filter, truth: 'all' },
      });
    },
    chooseFrame(frame) {
      store.setState({ frame });
      place();
    },
    chooseListedTomogram(tomogramIndex) {
      store.setState({ tomogramIndex });
      place();
    },
    async chooseTomogramVoxel(voxelSize) {
      const { tomogram } = store.getState();
      if (!tomogram) return;
      const { name, from } = tomogram.source;
      await openTomogram({ name, from, voxelSize });
    },
    lookAt(part) {
      store.setState(({ look }) => ({ look: { ...look, ...part } }));
    },
    filterParticles(part) {
      store.setState(({ filter }) => ({ filter: { ...filter, ...part } }));
    },
    invertParticles(invert) {
      store.setState({ invert });
    },
    turnParticles(oriented) {
      store.setState({ oriented });
    },
    selectParticle(k, selected) {
      const { placed } = store.getState();
      if (!placed) return;
      const next = store.getState().selected?.slice() ?? placed.inside.slice();
      next[k] = selected ? 1 : 0;
      store.setState({ selected: next });
    },
    selectListed(selected) {
      const state = store.getState();
      if (!state.placed) return;
      const next = new Uint8Array(state.placed.index.length);
      if (selected) for (const k of state.listed.placed) next[k] = 1;
      store.setState({ selected: next });
    },
    scoreParticles: scores.score,
    averageClasses: means.average,
    cancelScoring() {
      means.cancel();
      scores.cancel();
    },
    explainNextParticle(delta) {
      const k = stepParticle(delta);
      if (k !== null) void explainParticle(k);
    },
    async sliceTomogram(request) {
      const asked = store.getState().tomogram;
      if (!asked) return null;
      const { picture, findings } = await services().tomograms.slice(asked.source, request);
      const { tomogram } = store.getState();
      // Of a damaged file, more is known the more of it was read.
      const more = JSON.stringify(findings) !== JSON.stringify(tomogram?.findings);
      if (more && tomogram?.source === asked.source)
        store.setState({ tomogram: { ...tomogram, findings } });
      return picture;
    },
    async regionOfTomogram(request) {
      const { tomogram } = store.getState();
      return tomogram && services().tomograms.region(tomogram.source, request);
    },
    async pictureParticles(ks, edge) {
      const state = store.getState();
      const { placed } = state;
      const source = boxSourceOf(state);
      if (!source || !placed) return { side: 1, data: new Float32Array(ks.length) };
      return services().tomograms.thumbnails(source, {
        positions: placesOf(placed.positions, ks),
        rows: rowsOf(placed.index, ks),
        edge,
        pixel: edge / PIXELS[source.kind],
        thickness: edge / THROUGH,
      });
    },
    async selectedParticles() {
      const state = store.getState();
      const { particles, placed } = state;
      if (!particles || !placed) return null;
      const { list, files } = particles;
      const ks = state.selected ? flagged(state.selected) : state.listed.placed;
      if (ks.length === 0) return null;
      const rows = new Uint32Array(ks.length);
      for (let i = 0; i < ks.length; i++) rows[i] = placed.index[ks[i]];
      const name = list.fileName;
      const chosen = await services().tomograms.selectRows(files, list.format, rows);
      const dot = name.lastIndexOf('.');
      if (files.length > 1) return { name: `${name}.chosen.zip`, bytes: chosen };
      return { name: `${name.slice(0, dot)}.chosen${name.slice(dot)}`, bytes: chosen };
    },
  };
}

/** The particles of a list as those that have projections, wherever they stand. */
function placedAs({ count, frame }: ParticleList, { info }: OpenedProjections): PlacedParticles {
  const { there: inside, findings } = info;
  return {
    index: Uint32Array.from(inside, (_, i) => i),
    positions: new Float64Array(3 * count),
    inside,
    insideCount: inside.reduce((sum, one) => sum + one, 0),
    ...{ frame, findings, better: null },
  };
}

/** Finds which of the particles in the tomogram stand where the truth has one. */
function* matchingTruth(
  tomogram: TomogramInfo,
  placed: PlacedParticles,
  list: ParticleList,
): Steps<ParticleMatches> {
  const file = tomogram.source.name;
  const named = list.tomograms.length > 1 ? tomogramIn(list, file) : null;
  const real = yield* placing(list, tomogram.grid, {
    file,
    ...(named !== null && { tomogram: named }),
  });
  const own = flagged(placed.inside);
  const others = flagged(real.inside);
  const { of, found } = yield* matching(
    placesOf(placed.positions, own),
    placesOf(real.positions, others),
    WITHIN,
  );
  const rowOf = new Int32Array(placed.index.length).fill(-1);
  const missing = real.inside.slice();
  for (let n = 0; n < own.length; n++) {
    if (of[n] < 0) continue;
    rowOf[own[n]] = real.index[others[of[n]]];
    missing[others[of[n]]] = 0;
  }
  const missed = placesOf(real.positions, flagged(missing));
  return { rowOf, missed, found, total: others.length, within: WITHIN, findings: real.findings };
}
