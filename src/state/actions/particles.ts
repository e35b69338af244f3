import { writeMrc } from '../../core/mrc/index.ts';
import { badInput, isAborted, sentence } from '../../core/errors.ts';
import {
  type CoordinateFrame,
  matchPoints,
  PARTICLE_FORMATS,
  placeParticles,
  tomogramIn,
} from '../../core/particles/index.ts';
import { requireClassifier } from '../../core/evaluation/classifier.ts';
import {
  boxCentre,
  computeStats,
  histogram,
  type Shape3,
  volumeStem,
} from '../../core/volume/index.ts';
import type { SlicePicture, SliceRequest } from '../../core/tomogram/index.ts';
import { particleOf, whereIs } from '../../core/where/index.ts';
import type { Explanation, ModelInfo, Refusal } from '../../engine/types.ts';
import { DEFAULT_AIM } from '../aim.ts';
import { notify } from '../notices.ts';
import {
  classNameOf,
  FIRST_FILTER,
  isSelected,
  listedParticles,
  type OpenedParticles,
  type ParticleMatches,
  type ParticleFilter,
  type ParticleScores,
  type ParticlesState,
  placeOfParticle,
  type TomogramLook,
} from '../particles.ts';
import { networkBox } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import { rememberStats } from '../stats.ts';
import type { BoxesRequest, CutBox, PlacedFile, Thumbnails, TomogramSource } from '../tomograms.ts';
import type { Services, VolumeItem } from '../types.ts';
import { INITIAL_OPTIONS } from '../volumes.ts';
import type { InputActions } from './input.ts';

export interface ParticleActions {
  /** Opens a tomogram in place of the one there is; its coarser levels are made meanwhile. */
  openTomogram(source: Omit<TomogramSource, 'id'>): Promise<void>;
  /** Opens a list of particles; a second one says what is really there, where `asTruth`. */
  openParticles(file: PlacedFile, beside: readonly PlacedFile[], asTruth?: boolean): Promise<void>;
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
  /** Makes a particle the current one, and takes the slices there. */
  goToParticle(k: number | null): void;
  /** Goes `delta` particles on in the list. */
  stepParticle(delta: number): number | null;
  selectParticle(k: number, selected: boolean): void;
  /** Selects exactly those listed now, or none of them. */
  selectListed(selected: boolean): void;
  /** Asks the network in use about all particles, batch by batch; settles at the end, however it comes. */
  scoreParticles(): Promise<void>;
  cancelScoring(): void;
  /** Shows the box of a particle on the explain page. */
  explainParticle(k: number): Promise<void>;
  /** Goes on in the list, and shows that particle on the explain page. */
  explainNextParticle(delta: number): void;
  /** A slice of the tomogram; null while it cannot be had. */
  sliceTomogram(request: SliceRequest): Promise<SlicePicture | null>;
  /** Pictures of the middle of particles' boxes, `edge` Å wide. */
  pictureParticles(ks: readonly number[], edge: number): Promise<Thumbnails>;
  /** The chosen rows in the format that they came in. */
  selectedParticles(): Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
}

const BINS = 96;
/** Pixels along an edge of a small picture, and what part of the edge is averaged through its middle. */
const PIXELS = 48;
const THROUGH = 8;
/** Milliseconds between two pictures of the scores. */
const PUBLISH_EVERY = 300;
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
  let averaging: AbortController | null = null;
  let scoring: AbortController | null = null;
  let showing: AbortController | null = null;

  const fail = (error: unknown) => {
    if (!isAborted(error)) notify(notices, 'error', sentence(error));
  };

  /** Puts list and tomogram together once both are there. */
  const place = () => {
    scoring?.abort();
    const { tomogram, particles, truth, frame, tomogramIndex } = store.getState();
    const nothing = { scores: null, scoring: null, current: null, selected: null };
    if (!tomogram || !particles) {
      store.setState({ placed: null, matches: null, ...nothing });
      return;
    }
    const { list } = particles;
    const tomogramOf = tomogramIndex === null ? {} : { tomogram: tomogramIndex };
    const placed = placeParticles(list, tomogram.grid, { ...(frame && { frame }), ...tomogramOf });
    store.setState({
      placed,
      matches: truth && matchesOf({ ...store.getState(), placed }, truth),
      ...nothing,
    });
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

  const openTomogram: ParticleActions['openTomogram'] = async (from) => {
    const source: TomogramSource = { ...from, id: ++counter };
    const turn = ++opening;
    store.setState({ opening: source.name });
    try {
      const tomogram = await services().tomograms.open(source);
      if (turn !== opening) return;
      const before = store.getState().tomogram?.source;
      if (before)
        void services()
          .tomograms.close(before)
          .catch(() => undefined);
      const at = boxCentre(tomogram.grid);
      const look = { ...store.getState().look, at, centre: at, pixel: null };
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

  const request = (model: ModelInfo, box: Shape3, ks: readonly number[]): BoxesRequest => {
    const { placed, tomogram, invert } = store.getState();
    const { voxelSize, normalization, steps } = model.sidecar;
    return {
      positions: placesOf(placed!.positions, ks),
      rotations: null,
      shape: box,
      voxelSize: voxelSize ?? tomogram!.grid.voxelSize[0],
      expectation: { normalization: normalization ?? 'none', steps },
      invert,
    };
  };

  const score = async (model: ModelInfo, { signal }: AbortController) => {
    requireClassifier(model);
    const box = networkBox(model);
    if (!box || box[0] === 1)
      throw badInput(`${model.title} takes images; accepted: a network of volumes of one channel.`);
    const { tomogram, placed, invert } = store.getState();
    const { source } = tomogram!;
    const { tomograms, engine } = services();
    const ks = Array.from(listedParticles({ ...store.getState(), filter: FIRST_FILTER }));
    const total = ks.length;
    const length = placed!.index.length;
    const numbers = () => new Float32Array(length).fill(Number.NaN);
    let scores: ParticleScores = {
      ...{ model, inverted: invert, predicted: new Int16Array(length).fill(-1), done: 0 },
      ...{ score: numbers(), margin: numbers(), probability: numbers(), inside: numbers() },
    };
    const scope = { model: model.id, layers: [model.defaultLayer], classes: 'top' } as const;
    const question = { ...scope, inputShape: model.inputShape, methods: ['respond'] } as const;
    const batch = await engine.batchSize(scope);
    const cut = (from: number) =>
      from < total
        ? tomograms.boxes(source, request(model, box, ks.slice(from, from + batch)), { signal })
        : null;
    let publishedAt = now();
    let next = cut(0);
    for (let from = 0; from < total; from += batch) {
      const boxes = await next!;
      // The next boxes are read while the network is computing.
      next = cut(from + batch);
      next?.catch(() => undefined);
      const inputs = boxes.map(({ input }) => input);
      const answers = await engine.explainBatch({ ...question, inputs }, { signal });
      if (signal.aborted) return;
      for (const [i, answer] of answers.entries())
        note(scores, ks[from + i], answer, boxes[i], model);
      const done = Math.min(total, from + batch);
      scores = { ...scores, done };
      if (now() - publishedAt >= PUBLISH_EVERY || done === total) {
        publishedAt = now();
        store.setState({ scores });
      }
      store.setState({ scoring: { stage: `Scoring ${done} of ${total}`, fraction: done / total } });
    }
  };

  const openParticles: ParticleActions['openParticles'] = async (file, beside, asTruth = false) => {
    store.setState({ opening: file.path });
    try {
      const list = await services().tomograms.readList(file, beside);
      const opened: OpenedParticles = { list, file };
      if (asTruth) store.setState({ truth: opened });
      else {
        store.setState({ particles: opened, truth: null, frame: null, filter: FIRST_FILTER });
        store.setState({ tomogramIndex: listedIndex() });
      }
      place();
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
    const at = placeOfParticle(state, k);
    const { look } = state;
    store.setState({
      current: k,
      look: { ...look, at, ...(look.pixel !== null && { centre: at }) },
    });
  };

  const stepParticle = (delta: number): number | null => {
    const state = store.getState();
    const listed = listedParticles(state);
    if (listed.length === 0) return null;
    const at = state.current === null ? -1 : listed.indexOf(state.current);
    const next = Math.min(listed.length - 1, Math.max(0, at < 0 ? 0 : at + delta));
    goToParticle(listed[next]);
    return listed[next];
  };

  const explainParticle = async (k: number) => {
    const { model } = network.getState();
    const state = store.getState();
    const { tomogram, placed, particles, invert } = state;
    if (!tomogram || !placed || !particles) return;
    goToParticle(k);
    showing?.abort();
    const abort = new AbortController();
    showing = abort;
    try {
      const box = (model && networkBox(model)) ?? [40, 40, 40];
      const plain = model ?? { sidecar: {} };
      const asked = request(plain as ModelInfo, box[0] === 1 ? [40, 40, 40] : box, [k]);
      const [cut] = await services().tomograms.boxes(
        tomogram.source,
        { ...asked, invert: false, expectation: { normalization: 'none' } },
        { signal: abort.signal },
      );
      if (abort.signal.aborted) return;
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
    async openParticleExample() {
      store.setState({ opening: 'a simulated tomogram' });
      try {
        const [tomogram, list] = await services().tomograms.example();
        await openTomogram({ name: tomogram.path, from: [tomogram] });
        await openParticles(list, []);
      } catch (error) {
        fail(error);
      } finally {
        store.setState({ opening: null });
      }
    },
    forgetTruth() {
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
    selectParticle(k, selected) {
      const { placed } = store.getState();
      if (!placed) return;
      const next = store.getState().selected?.slice() ?? Uint8Array.from(placed.inside);
      next[k] = selected ? 1 : 0;
      store.setState({ selected: next });
    },
    selectListed(selected) {
      const state = store.getState();
      if (!state.placed) return;
      const next = new Uint8Array(state.placed.index.length);
      if (selected) for (const k of listedParticles(state)) next[k] = 1;
      store.setState({ selected: next });
    },
    async scoreParticles() {
      const { model } = network.getState();
      const { placed, tomogram } = store.getState();
      if (!model || !placed || !tomogram) return;
      scoring?.abort();
      const abort = new AbortController();
      scoring = abort;
      store.setState({ scoring: { stage: 'Reading boxes' }, scores: null, scoringError: null });
      let error: string | null = null;
      try {
        await score(model, abort);
      } catch (reason) {
        if (!isAborted(reason)) error = sentence(reason);
      }
      if (scoring !== abort) return;
      scoring = null;
      store.setState({ scoring: null, scoringError: error });
    },
    cancelScoring() {
      scoring?.abort();
      scoring = null;
      store.setState({ scoring: null });
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
    async pictureParticles(ks, edge) {
      const { tomogram, placed } = store.getState();
      if (!tomogram || !placed) return { side: 1, data: new Float32Array(ks.length) };
      return services().tomograms.thumbnails(tomogram.source, {
        positions: placesOf(placed.positions, ks),
        edge,
        pixel: edge / PIXELS,
        thickness: edge / THROUGH,
      });
    },
    async selectedParticles() {
      const state = store.getState();
      const { particles, placed } = state;
      if (!particles || !placed) return null;
      const { list, file } = particles;
      const ks = state.selected
        ? Array.from(state.selected.keys()).filter((k) => isSelected(state, k))
        : Array.from(listedParticles(state));
      if (ks.length === 0) return null;
      const rows = Uint32Array.from(ks, (k) => placed.index[k]).sort();
      const bytes = new Uint8Array(await file.file.arrayBuffer());
      const name = list.fileName;
      const chosen = PARTICLE_FORMATS[list.format].select({ name, bytes }, rows);
      const dot = name.lastIndexOf('.');
      return { name: `${name.slice(0, dot)}.chosen${name.slice(dot)}`, bytes: chosen };
    },
  };
}

/** Writes down what the network says of one particle. */
function note(
  scores: ParticleScores,
  k: number,
  answer: Explanation | Refusal,
  { input, grid }: CutBox,
  { sidecar }: ModelInfo,
): void {
  if (!('scores' in answer)) {
    scores.predicted[k] = -2;
    return;
  }
  const { predicted, probabilities, layers } = answer;
  const own = answer.scores[predicted];
  let second = Number.NEGATIVE_INFINITY;
  for (const [i, value] of answer.scores.entries())
    if (i !== predicted) second = Math.max(second, value);
  scores.predicted[k] = predicted;
  scores.score[k] = own;
  scores.margin[k] = Number.isFinite(second) ? own - second : Number.NaN;
  scores.probability[k] = probabilities?.[predicted] ?? Number.NaN;
  const [layer] = layers;
  const map = layer?.classes.find(({ index }) => index === predicted)?.methods.respond;
  if (!map || layer.shape.length !== 3) return;
  const molecule = particleOf({ ...grid, data: input }, undefined, sidecar.contrast);
  const [nz, ny, nx] = layer.shape;
  scores.inside[k] = whereIs(map.data, [nz, ny, nx], grid, molecule).positive.inside ?? Number.NaN;
}

function placesOf(positions: Float64Array, ks: readonly number[]): Float64Array {
  const out = new Float64Array(3 * ks.length);
  for (const [i, k] of ks.entries()) out.set(positions.subarray(3 * k, 3 * k + 3), 3 * i);
  return out;
}

/** Which of the particles stand where the truth has one. */
function matchesOf(state: ParticlesState, truth: OpenedParticles): ParticleMatches | null {
  const { tomogram, placed } = state;
  if (!tomogram || !placed) return null;
  const { list } = truth;
  const named = list.tomograms.length > 1 ? tomogramIn(list, tomogram.source.name) : null;
  const real = placeParticles(list, tomogram.grid, named === null ? {} : { tomogram: named });
  const inside = Array.from(real.inside.keys()).filter((k) => real.inside[k] === 1);
  const { of, found } = matchPoints(placed.positions, placesOf(real.positions, inside), WITHIN);
  const rowOf = of.map((j) => (j < 0 ? -1 : real.index[inside[j]]));
  return { rowOf, found, total: inside.length, within: WITHIN };
}

/** A particle's box as a volume of its own, in the world coordinates of its tomogram. */
function particleItem(id: string, state: ParticlesState, k: number, cut: CutBox): VolumeItem {
  const { particles, placed, tomogram } = state;
  const row = placed!.index[k] + 1;
  const { grid, values: data, covered } = cut;
  const { min, max, mean, std } = computeStats(data);
  const name = `${volumeStem(tomogram!.source.name)} particle ${row}.mrc`;
  const file = new Blob([writeMrc({ ...grid, data }, { voxelSizeKnown: grid.voxelSizeKnown })]);
  const className = classNameOf(state, k);
  return {
    id,
    name,
    volume: { ...grid, data },
    stats: { min, max, mean, std, histogram: histogram(data, BINS, min, max).counts },
    report: {
      ...grid,
      format: 'mrc',
      compression: 'none',
      kind: 'volume',
      mode: 2,
      valueType: '32-bit float',
      axes: ['x', 'y', 'z'],
      endian: 'little',
      spaceGroup: 1,
      extendedHeader: { type: null, bytes: 0 },
      sections: grid.shape[0],
      volumes: 1,
      labels: [],
      stats: { min, max, mean, rms: std },
      findings:
        covered < 1
          ? [
              {
                code: 'partly-outside',
                severity: 'warning',
                message: `${Math.round(100 * (1 - covered))}% of the box lie outside the tomogram and hold the mean of the rest.`,
              },
            ]
          : [],
    },
    // As a file of its own, so that a session can keep it.
    file: { name, source: file, reading: {} },
    origin: 'file',
    particle: { k, row, list: particles!.list.fileName, className },
  };
}
