import type { CamMethod } from '../cam/types.ts';
import type { Contrast } from '../color/index.ts';
import {
  BASELINES,
  baselineOrder,
  compareOrders,
  type Faithfulness,
  mapOrder,
  type NamedOrder,
} from '../faithfulness/index.ts';
import type { Shape3 } from '../volume/index.ts';
import {
  type CascadeStep,
  type ExplainedClass,
  type ProbeResult,
  runCascade,
  runProbes,
} from './run.ts';

/** What the tests ask of a network; `explain` gives the maps of one class at one layer. */
export interface TestedNetwork {
  /** The explained number of each input. */
  scores(inputs: readonly Float32Array[]): Promise<readonly number[]>;
  explain(input: Float32Array, weights: 'own' | 'shuffled'): Promise<ExplainedClass>;
  /** Shuffles the weights of so many layers, from the scores on, in a copy. */
  shuffle(layers: number): Promise<{ readonly layers: readonly string[]; readonly of: number }>;
  /** Drops the copy. */
  forget(): Promise<unknown>;
}

/** The maps that are tested, with what they were made of. */
export interface Tested {
  /** `[…space, channels]` */
  readonly input: Float32Array;
  readonly space: Shape3;
  readonly channels: number;
  readonly original: ExplainedClass;
  /** `sum_l A` of the layer, and its shape. */
  readonly activationSum: Float32Array;
  readonly layer: Shape3;
  /** The side of the solvent on which the network expects the molecule. */
  readonly contrast: Contrast | undefined;
}

export interface MapTests {
  readonly curves: Faithfulness;
  readonly cascade: readonly CascadeStep[];
  readonly probes: readonly ProbeResult[];
}

/** `[z, y, x]` of a shape without channels; a picture is one section. */
export function spaceOfMap(shape: readonly number[]): Shape3 {
  const [x, y, z = 1] = [...shape].reverse();
  return [z, y, x];
}

/** Deletion and insertion, shuffled weights, turned and re-wedged inputs, one after the other. */
export async function testMaps(
  network: TestedNetwork,
  tested: Tested,
  onProgress: (stage: string, fraction: number) => void,
): Promise<MapTests> {
  const { input, space, channels, original } = tested;
  const progress = (stage: string) => (fraction: number) => onProgress(stage, fraction);
  const orders: NamedOrder[] = [
    ...Object.entries(original.maps).map(
      ([method, { data, shape }]): NamedOrder => [
        method as CamMethod,
        () => mapOrder(data, spaceOfMap(shape), space),
      ],
    ),
    ...BASELINES.map((baseline): NamedOrder => [baseline, () => baselineOrder(baseline, tested)]),
  ];
  const curves = await compareOrders(
    { input, channels },
    orders,
    (inputs) => network.scores(inputs),
    progress('Deletion and insertion'),
  );
  let cascade: CascadeStep[];
  try {
    cascade = await runCascade(
      original,
      async (count) => ({
        ...(await network.shuffle(count)),
        ...(await network.explain(input, 'shuffled')),
      }),
      progress('Shuffling weights'),
    );
  } finally {
    await network.forget();
  }
  const probes = await runProbes(
    { input, space, channels },
    original,
    (changed) => network.explain(changed, 'own'),
    progress('Changing the input'),
  );
  return { curves, cascade, probes };
}
