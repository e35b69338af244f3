import type { Contrast } from '../color/index.ts';
import {
  BASELINES,
  baselineOrder,
  compareOrders,
  mapOrder,
  type NamedOrder,
} from '../faithfulness/index.ts';
import type { Shape3 } from '../volume/index.ts';
import {
  EVALUATION_METHODS,
  type EvaluationRanking,
  type EvaluationVolume,
  type ExplainedVolume,
  type FaithfulnessAreas,
  type PerRanking,
  EVALUATION_RANKINGS,
} from './types.ts';

/** What the curves of one volume need besides its explanation. */
export interface FaithfulnessSetting {
  /** `[z, y, x, c]` or `[y, x, c]` */
  readonly inputShape: readonly number[];
  readonly layerShape: readonly number[];
  readonly contrast: Contrast | undefined;
  /** Scores of all classes of each input: the engine's `scores`. */
  scores(inputs: readonly Float32Array[]): Promise<readonly ArrayLike<number>[]>;
}

/** `[z, y, x]` of a shape with channels; a picture is one section. */
export function spaceOf(shape: readonly number[]): Shape3 {
  const [, x, y, z = 1] = [...shape].reverse();
  return [z, y, x];
}

/** Areas under the deletion and insertion curves of the predicted class, by each method's map and each baseline. */
export async function faithfulnessOf(
  { input }: Pick<EvaluationVolume, 'input'>,
  { predicted, layers: [{ classes, activationSum }] }: ExplainedVolume,
  { inputShape, layerShape, contrast, scores }: FaithfulnessSetting,
): Promise<PerRanking<FaithfulnessAreas>> {
  const [space, layer] = [spaceOf(inputShape), spaceOf(layerShape)];
  const channels = inputShape[inputShape.length - 1];
  const { methods } = classes.find(({ index }) => index === predicted)!;
  const source = { input, space, channels, activationSum, layer, contrast };
  const orders: NamedOrder[] = [
    ...EVALUATION_METHODS.map(
      (method): NamedOrder => [method, () => mapOrder(methods[method]!.data, layer, space)],
    ),
    ...BASELINES.map((baseline): NamedOrder => [baseline, () => baselineOrder(baseline, source)]),
  ];
  const { curves } = await compareOrders({ input, channels }, orders, async (inputs) =>
    (await scores(inputs)).map((own) => own[predicted]),
  );
  return perRanking((ranking) => ({
    deletion: curves[ranking]!.deletion.area,
    insertion: curves[ranking]!.insertion.area,
  }));
}

/** One value for each method and baseline, in the order of `EVALUATION_RANKINGS`. */
export function perRanking<T>(value: (ranking: EvaluationRanking) => T): PerRanking<T> {
  return Object.fromEntries(
    EVALUATION_RANKINGS.map((name) => [name, value(name)]),
  ) as PerRanking<T>;
}
