import { type CamMethod, methodRow } from '../src/core/cam/index.ts';
import { rankingName, type Ranking, TAKEN_SHARES } from '../src/core/faithfulness/index.ts';
import {
  type MapTests,
  PROBES,
  type Similarities,
  spaceOfMap,
  testMaps,
} from '../src/core/probes/index.ts';
import { explainedClass, testedNetwork } from '../src/engine/test-maps.ts';
import type { Engine, ExplainRequest, Explanation, ModelInfo } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import { noteProgress } from './explain-progress.ts';
import type { NetworkInput } from './network-input.ts';

/** Tests of the maps of one class at one layer. */
export interface ClassTests extends MapTests {
  readonly index: number;
  readonly layer: string;
}

/** Tests the maps of the answer, or of the first class asked for, at the network's own layer or the first one. */
export async function testAnswer(
  engine: Engine,
  { id, defaultLayer, sidecar }: ModelInfo,
  { data: input, shape: inputShape }: NetworkInput,
  asked: Pick<ExplainRequest, 'output' | 'target' | 'statistics'>,
  explanation: Explanation,
  io: Pick<Io, 'signal' | 'note'>,
): Promise<ClassTests> {
  const { layers, predicted } = explanation;
  const layer = layers.find(({ name }) => name === defaultLayer) ?? layers[0];
  const { index } = layer.classes.find((row) => row.index === predicted) ?? layer.classes[0];
  const original = explainedClass(explanation, layer.name, index);
  // Those on the input's grid take many passes each.
  const methods = (Object.keys(original.maps) as CamMethod[]).filter(
    (method) => methodRow(method).at === 'layer',
  );
  const question = { layer: layer.name, classIndex: index, methods, inputShape };
  const note = noteProgress(io);
  const found = await testMaps(
    testedNetwork(engine, { model: id, ...asked, ...question }, io),
    {
      ...{ input, original, activationSum: layer.activationSum, contrast: sidecar.contrast },
      space: spaceOfMap(inputShape.slice(0, -1)),
      channels: inputShape[inputShape.length - 1],
      layer: spaceOfMap(layer.shape),
    },
    (stage, fraction) => note({ stage, fraction }),
  );
  return { index, layer: layer.name, ...found };
}

/** The part of `explain --json` about the tests. */
export function testsDocument({ index, layer, curves, cascade, probes }: ClassTests) {
  return { index, layer, shares: TAKEN_SHARES, ...curves, cascade, probes };
}

const digits = (value: number | null | undefined) =>
  value === null || value === undefined ? '-' : value.toFixed(2);

/** The same as text. */
export function testsLines(
  { layer, curves, cascade, probes }: ClassTests,
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
