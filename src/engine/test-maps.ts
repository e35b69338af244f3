import { type CamMethod, methodRow } from '../core/cam/index.ts';
import {
  type ExplainedClass,
  type MapTests,
  spaceOfMap,
  type TestedNetwork,
  testMaps,
} from '../core/probes/index.ts';
import type { Engine, ExplainRequest, Explanation, TaskOptions, TestMapsRequest } from './types.ts';

/** The copy of the network with shuffled weights, and which of the ways to shuffle them. */
const COPY = 'shuffled';
const SEED = 2018;

type Asked = Pick<
  ExplainRequest,
  'model' | 'output' | 'target' | 'statistics' | 'inputShape' | 'methods'
> &
  Pick<TestMapsRequest, 'layer' | 'classIndex'>;

/** What the tests of maps ask, of an engine. */
export function testedNetwork(
  engine: Engine,
  { model, layer, classIndex, methods, ...about }: Asked,
  { signal }: TaskOptions,
): TestedNetwork {
  const question = { ...about, layers: [layer], classes: [classIndex], methods };
  return {
    async scores(inputs) {
      const { output, target, inputShape } = about;
      const all = await engine.scores({ model, output, target, inputShape, inputs }, { signal });
      return all.map((own) => own[classIndex]);
    },
    async explain(input, weights) {
      const request = { ...question, model: weights === 'own' ? model : COPY, input };
      return explainedClass(await engine.explain(request, { signal }), layer, classIndex);
    },
    shuffle: (layers) => engine.randomise({ model, id: COPY, layers, seed: SEED }, { signal }),
    forget: () => engine.unloadModel(COPY),
  };
}

/** The maps of a class at one layer, and those on the input's grid. */
export function explainedClass(
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

/** Tests maps of one class at one layer; other questions are answered between the steps. */
export async function testMapsOf(
  engine: Engine,
  { input, inputKey, contrast, ...asked }: TestMapsRequest,
  options: TaskOptions,
): Promise<MapTests> {
  const { signal, onProgress } = options;
  const { layer: name, classIndex, inputShape, ...rest } = asked;
  const explanation = await engine.explain(
    { ...rest, input, inputKey, inputShape, layers: [name], classes: [classIndex] },
    { signal },
  );
  const layer = explanation.layers[0];
  return testMaps(
    testedNetwork(engine, asked, options),
    {
      ...{ input, contrast, activationSum: layer.activationSum },
      original: explainedClass(explanation, layer.name, classIndex),
      space: spaceOfMap(inputShape.slice(0, -1)),
      channels: inputShape[inputShape.length - 1],
      layer: spaceOfMap(layer.shape),
    },
    (stage, fraction) => onProgress?.({ stage, fraction }),
  );
}
