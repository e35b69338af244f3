import { parentPort, workerData } from 'node:worker_threads';
import {
  createSimulator,
  createVariedSimulator,
  type Recipe,
  type SimulationSpec,
  type Template,
} from '../src/core/simulate/index.ts';
import { type NamedNormalization, normalize } from '../src/core/volume/index.ts';

/** All volumes alike, or each by a recipe. */
export type Drawing =
  | { readonly spec: Partial<SimulationSpec> }
  | { readonly recipe: Recipe; readonly seed: number };

/** What the thread is started with. */
export type SimulateSetup = Drawing & {
  readonly templates: readonly Template[];
  /** How each volume is scaled; unit variance when not given. */
  readonly normalization?: NamedNormalization;
};

/** One subtomogram: its class (by a recipe: its kind) and its index in the seeded series. */
export type Item = readonly [classIndex: number, index: number];

export interface SimulateJob {
  readonly id: number;
  readonly items: readonly Item[];
}

/** `[items, z, y, x]`; or why not. */
export type SimulateReply =
  | { readonly id: number; readonly x: Float32Array }
  | { readonly id: number; readonly error: string };

const setup = workerData as SimulateSetup;
const { templates, normalization = 'unit-variance' } = setup;
const simulator =
  'recipe' in setup
    ? createVariedSimulator(templates, setup.recipe, setup.seed)
    : createSimulator(templates, setup.spec);
const volume = new Float32Array(simulator.box ** 3);

parentPort?.on('message', ({ id, items }: SimulateJob) => {
  try {
    const x = new Float32Array(items.length * volume.length);
    for (const [i, [classIndex, index]] of items.entries()) {
      simulator.simulate(classIndex, index, volume);
      x.set(normalize(volume, normalization), i * volume.length);
    }
    parentPort?.postMessage({ id, x } satisfies SimulateReply, [x.buffer]);
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) } satisfies SimulateReply);
  }
});
