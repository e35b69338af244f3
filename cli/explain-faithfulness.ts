import { type CamMethod, methodRow } from '../src/core/cam/index.ts';
import { spaceOf } from '../src/core/evaluation/index.ts';
import {
  BASELINES,
  baselineOrder,
  compareOrders,
  type Faithfulness,
  mapOrder,
  type NamedOrder,
  rankingName,
  type Ranking,
  TAKEN_SHARES,
} from '../src/core/faithfulness/index.ts';
import {
  type CascadeStep,
  type ExplainedClass,
  PROBES,
  type ProbeResult,
  runCascade,
  runProbes,
  type Similarities,
} from '../src/core/probes/index.ts';
import type { Engine, ExplainRequest, Explanation, ModelInfo } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import { noteProgress } from './explain-progress.ts';
import type { NetworkInput } from './input.ts';

/** Tests of the maps of one class at one layer. */
export interface MapTests {
  readonly index: number;
  readonly layer: string;
  readonly curves: Faithfulness;
  readonly cascade: readonly CascadeStep[];
  readonly probes: readonly ProbeResult[];
}

/** The copy of the network with shuffled weights, and which of the ways to shuffle them. */
const COPY = 'shuffled';
const SEED = 2018;

/** Deletion and insertion, shuffled weights, turned and re-wedged inputs, for the answer or the first class asked for. */
export async function testMaps(
  engine: Engine,
  info: ModelInfo,
  { data: input, shape: inputShape }: NetworkInput,
  asked: Pick<ExplainRequest, 'output' | 'target' | 'statistics'>,
  explanation: Explanation,
  io: Pick<Io, 'signal' | 'note'>,
): Promise<MapTests> {
  const { layers, predicted } = explanation;
  const layer = layers.find(({ name }) => name === info.defaultLayer) ?? layers[0];
  const { index } = layer.classes.find((row) => row.index === predicted) ?? layer.classes[0];
  const about = { ...asked, inputShape };
  const { signal } = io;
  const note = noteProgress(io);
  const progress = (stage: string) => (fraction: number) => note({ stage, fraction });
  const space = spaceOf(inputShape);
  const channels = inputShape[inputShape.length - 1];
  const original = explainedClass(explanation, layer.name, index);
  const orders: NamedOrder[] = [
    ...Object.entries(original.maps).map(
      ([method, { data, shape }]): NamedOrder => [
        method as CamMethod,
        () => mapOrder(data, spaceOf([...shape, 1]), space),
      ],
    ),
    ...BASELINES.map((baseline): NamedOrder => {
      const { activationSum, shape } = layer;
      const contrast = info.sidecar.contrast;
      const source = {
        input,
        space,
        channels,
        activationSum,
        layer: spaceOf([...shape, 1]),
        contrast,
      };
      return [baseline, () => baselineOrder(baseline, source)];
    }),
  ];
  const curves = await compareOrders(
    { input, channels },
    orders,
    async (inputs) => {
      const scores = await engine.scores({ model: info.id, ...about, inputs }, { signal });
      return scores.map((own) => own[index]);
    },
    progress('Deletion and insertion'),
  );
  // Those on the input's grid take many passes each.
  const methods = (Object.keys(original.maps) as CamMethod[]).filter(
    (method) => methodRow(method).at === 'layer',
  );
  const explain = async (model: string, changed: Float32Array): Promise<ExplainedClass> => {
    const question = { layers: [layer.name], classes: [index], methods };
    const found = await engine.explain(
      { model, ...about, ...question, input: changed },
      { signal },
    );
    return explainedClass(found, layer.name, index);
  };
  const cascade = await runCascade(
    original,
    async (count) => {
      const copy = { model: info.id, id: COPY, layers: count, seed: SEED };
      const shuffled = await engine.randomise(copy, { signal });
      return { ...shuffled, ...(await explain(COPY, input)) };
    },
    progress('Shuffling weights'),
  );
  await engine.unloadModel(COPY);
  const probes = await runProbes(
    { input, space, channels },
    original,
    (changed) => explain(info.id, changed),
    progress('Changing the input'),
  );
  return { index, layer: layer.name, curves, cascade, probes };
}

/** The maps of a class at one layer, and those on the input's grid. */
function explainedClass(
  { layers, predicted, scores }: Explanation,
  layer: string,
  index: number,
): ExplainedClass {
  const maps = layers.flatMap(({ name, classes }) => {
    const found = Object.entries(classes.find((row) => row.index === index)?.methods ?? {});
    return found.filter(
      ([method]) => name === layer || methodRow(method as CamMethod).at !== 'layer',
    );
  });
  return { predicted, score: scores[index], maps: Object.fromEntries(maps) };
}

/** The part of `explain --json` about the tests. */
export function testsDocument({ index, layer, curves, cascade, probes }: MapTests) {
  return { index, layer, shares: TAKEN_SHARES, ...curves, cascade, probes };
}

const digits = (value: number | null | undefined) =>
  value === null || value === undefined ? '-' : value.toFixed(2);

/** The same as text. */
export function testsLines(
  { layer, curves, cascade, probes }: MapTests,
  names: readonly string[],
): string[] {
  const areas = Object.entries(curves.curves).map(
    ([ranking, { deletion, insertion }]) =>
      `  ${rankingName(ranking as Ranking)}: deletion ${digits(deletion.area)}, insertion ${digits(insertion.area)}`,
  );
  const similar = (methods: Similarities) =>
    Object.entries(methods)
      .map(([method, { cosine, spearman }]) => `${method} ${digits(cosine)} / ${digits(spearman)}`)
      .join(', ');
  return [
    '',
    `Area under the curves: score kept when voxels are deleted (low is good) and reached when they are inserted (high is good), 1 being all of it (${curves.all.toFixed(3)}; ${curves.empty.toFixed(3)} without any)`,
    ...areas,
    '',
    `Likeness (cosine / Spearman) of the maps at ${layer} to themselves with the weights shuffled from the scores down to`,
    ...cascade.map(({ layers, methods }) => `  ${layers.at(-1)}: ${similar(methods)}`),
    ...(probes.length > 0 ? ['Likeness of the maps, brought back, when the input is changed'] : []),
    ...probes.map(
      ({ probe, predicted, score, methods }) =>
        `  ${PROBES[probe].name}: ${similar(methods)}; score ${score.toFixed(3)}, answer ${names[predicted]}`,
    ),
  ];
}
