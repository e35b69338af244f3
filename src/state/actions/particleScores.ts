import { isAborted, badInput, sentence } from '../../core/errors.ts';
import { rotationAt } from '../../core/particles/index.ts';
import { requireClassifier } from '../../core/evaluation/classifier.ts';
import type { Shape3 } from '../../core/volume/index.ts';
import { particleOf, whereIs } from '../../core/where/index.ts';
import type { Explanation, ModelInfo, Refusal } from '../../engine/types.ts';
import { boxSourceOf, flagged, type ParticleScores, type ParticlesState } from '../particles.ts';
import { networkBox } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { BoxesRequest, CutBox, NoBox } from '../tomograms.ts';
import type { Services } from '../types.ts';

/** Milliseconds between two pictures of the scores. */
const PUBLISH_EVERY = 300;

/** Asks the network in use about all particles, batch by batch; what is known is published on the way. */
export function createScoring(
  { particles: store, network }: Pick<StoreSet, 'particles' | 'network'>,
  services: () => Services,
  now: () => number,
) {
  let running: AbortController | null = null;

  const ask = async (model: ModelInfo, { signal }: AbortController) => {
    requireClassifier(model);
    const box = networkBox(model);
    if (!box || box[0] === 1)
      throw badInput(`${model.title} takes images; accepted: a network of volumes of one channel.`);
    const state = store.getState();
    const { placed, invert } = state;
    const source = boxSourceOf(state)!;
    const { tomograms, engine } = services();
    const ks = flagged(placed!.inside);
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
        ? tomograms.boxes(
            source,
            boxesOf(state, model.sidecar, box, Array.from(ks.subarray(from, from + batch))),
            { signal },
          )
        : null;
    let publishedAt = now();
    let next = cut(0);
    for (let from = 0; from < total; from += batch) {
      const boxes = await next!;
      // The next boxes are read while the network is computing.
      next = cut(from + batch);
      next?.catch(() => undefined);
      const cuts = boxes.filter(isCut);
      const inputs = cuts.map(({ input }) => input);
      const answers =
        inputs.length > 0 ? await engine.explainBatch({ ...question, inputs }, { signal }) : [];
      if (signal.aborted) return;
      for (const [i, box] of boxes.entries()) {
        const k = ks[from + i];
        if (isCut(box)) note(scores, k, answers[cuts.indexOf(box)], box, model);
        else scores.predicted[k] = -2;
      }
      const done = Math.min(total, from + batch);
      scores = { ...scores, done };
      if (now() - publishedAt >= PUBLISH_EVERY || done === total) {
        publishedAt = now();
        store.setState({ scores });
      }
      store.setState({ scoring: { stage: `Scoring ${done} of ${total}`, fraction: done / total } });
    }
  };

  return {
    /** Ends what is running; what the page shows of it is the caller's. */
    stop: () => running?.abort(),
    async score() {
      const { model } = network.getState();
      const state = store.getState();
      if (!model || !state.placed || !boxSourceOf(state)) return;
      running?.abort();
      const abort = new AbortController();
      running = abort;
      store.setState({ scoring: { stage: 'Reading boxes' }, scores: null, scoringError: null });
      let error: string | null = null;
      try {
        await ask(model, abort);
      } catch (reason) {
        if (!isAborted(reason)) error = sentence(reason);
      }
      if (running !== abort) return;
      running = null;
      store.setState({ scoring: null, scoringError: error });
    },
    cancel() {
      running?.abort();
      running = null;
      store.setState({ scoring: null });
    },
  };
}

/** The boxes of some particles as a network takes them. */
export function boxesOf(
  { placed, particles, invert, oriented }: ParticlesState,
  { voxelSize, normalization, steps }: ModelInfo['sidecar'],
  shape: Shape3,
  ks: readonly number[],
): BoxesRequest {
  const { list } = particles!;
  const turns = oriented ? ks.flatMap((k) => rotationAt(list, placed!.index[k]) ?? []) : [];
  return {
    positions: placesOf(placed!.positions, ks),
    rows: rowsOf(placed!.index, ks),
    rotations: turns.length > 0 ? Float32Array.from(turns) : null,
    shape,
    voxelSize: voxelSize ?? null,
    expectation: { normalization: normalization ?? 'none', steps },
    invert,
  };
}

/** Whether there is a box. */
export const isCut = (box: CutBox | NoBox): box is CutBox => 'input' in box;

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

/** The rows of some of the placed particles in their list. */
export const rowsOf = (index: Uint32Array, ks: readonly number[]): Uint32Array =>
  Uint32Array.from(ks, (k) => index[k]);

/** The places of some particles among all. */
export function placesOf(positions: Float64Array, ks: ArrayLike<number>): Float64Array {
  const out = new Float64Array(3 * ks.length);
  for (let i = 0; i < ks.length; i++)
    for (let axis = 0; axis < 3; axis++) out[3 * i + axis] = positions[3 * ks[i] + axis];
  return out;
}
