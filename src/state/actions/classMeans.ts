import { badInput, isAborted, sentence } from '../../core/errors.ts';
import { requireClassifier } from '../../core/evaluation/classifier.ts';
import { AlignedMean } from '../../core/gallery/index.ts';
import { rotationAt } from '../../core/particles/index.ts';
import type { Explanation } from '../../engine/types.ts';
import { boxSourceOf, type ClassMean } from '../particles.ts';
import { networkBox } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { CutBox } from '../tomograms.ts';
import type { Services } from '../types.ts';
import { boxesOf, isCut } from './particleScores.ts';
import { nextTask } from '../nextTask.ts';

/** Particles that are averaged, the first of those listed. */
export const MOST_AVERAGED = 200;

interface Gathered {
  readonly index: number;
  readonly input: AlignedMean;
  readonly map: AlignedMean;
  readonly grid: CutBox['grid'];
}

/**
 * Averages what a network sees and where it looks over the listed particles of each class that it names: they are
 * explained as they lie in the tomogram, then boxes and maps are turned by the angles of the list.
 */
export function createClassMeans(
  { particles: store, network }: Pick<StoreSet, 'particles' | 'network'>,
  services: () => Services,
) {
  let running: AbortController | null = null;

  const gather = async ({ signal }: AbortController): Promise<ClassMean[]> => {
    const model = network.getState().model!;
    requireClassifier(model);
    const shape = networkBox(model);
    if (!shape || shape[0] === 1)
      throw badInput(`${model.title} takes images; accepted: a network of volumes of one channel.`);
    const state = store.getState();
    const { list } = state.particles!;
    const source = boxSourceOf(state)!;
    const { tomograms, engine } = services();
    const ks = Array.from(state.listed.sorted.subarray(0, MOST_AVERAGED));
    const scope = { model: model.id, layers: [model.defaultLayer], classes: 'top' } as const;
    const question = { ...scope, inputShape: model.inputShape, methods: ['respond'] } as const;
    const batch = await engine.batchSize(scope);
    const found = new Map<number, Gathered>();
    for (let from = 0; from < ks.length; from += batch) {
      const some = ks.slice(from, from + batch);
      const boxesAsked = (oriented: boolean) =>
        boxesOf({ ...state, oriented }, model.sidecar, shape, some);
      const turns = some.map((k) => rotationAt(list, state.placed!.index[k]));
      const boxes = await tomograms.boxes(source, boxesAsked(false), { signal });
      const turned = list.rotations
        ? await tomograms.boxes(source, boxesAsked(true), { signal })
        : boxes;
      const there = boxes.flatMap((box, i) => {
        const own = turned[i];
        return isCut(box) && isCut(own) ? [{ asked: box.input, own, turn: turns[i] }] : [];
      });
      if (there.length === 0) continue;
      const inputs = there.map(({ asked }) => asked);
      const answers = await engine.explainBatch({ ...question, inputs }, { signal });
      if (signal.aborted) return [];
      for (const [i, answer] of answers.entries()) {
        if (!('scores' in answer)) continue;
        const map = mapOf(answer);
        if (!map) continue;
        const { input, grid } = there[i].own;
        const own = found.get(answer.predicted) ?? emptyOf(answer.predicted, grid);
        found.set(answer.predicted, own);
        own.input.add(input, null);
        own.map.addMap(map.data, map.shape, there[i].turn);
        await nextTask();
      }
      const done = Math.min(ks.length, from + batch);
      const stage = `Averaging ${done} of ${ks.length}`;
      store.setState({ scoring: { stage, fraction: done / ks.length } });
    }
    const means: ClassMean[] = [];
    for (const { index, input, map, grid } of found.values()) {
      const about = { index, name: model.classes[index], grid, count: input.count };
      const volumes = { input: input.mean(), map: map.mean(), spread: map.spread() };
      means.push({ ...about, ...volumes, turned: list.rotations !== null });
      await nextTask();
    }
    return means.sort((a, b) => b.count - a.count);
  };

  const cancel = () => {
    running?.abort();
    running = null;
  };
  return {
    cancel,
    async average() {
      const state = store.getState();
      if (!network.getState().model || !state.placed || !boxSourceOf(state)) return;
      cancel();
      const abort = new AbortController();
      running = abort;
      store.setState({ scoring: { stage: 'Reading boxes' }, means: null, scoringError: null });
      try {
        const means = await gather(abort);
        if (running === abort) store.setState({ means });
      } catch (reason) {
        if (running === abort && !isAborted(reason))
          store.setState({ scoringError: sentence(reason) });
      }
      if (running !== abort) return;
      running = null;
      store.setState({ scoring: null });
    },
  };
}

function mapOf({ layers: [layer], predicted }: Explanation) {
  const map = layer?.classes.find(({ index }) => index === predicted)?.methods.respond;
  if (!map || layer.shape.length !== 3) return null;
  const [nz, ny, nx] = layer.shape;
  return { data: map.data, shape: [nz, ny, nx] as const };
}

function emptyOf(index: number, grid: CutBox['grid']): Gathered {
  return { index, grid, input: new AlignedMean(grid), map: new AlignedMean(grid) };
}
