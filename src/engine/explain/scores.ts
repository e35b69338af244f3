import { type Target, targetCount } from '../../core/target/index.ts';
import type { TaskOptions } from '../types.ts';
import { computeActivations, releaseActivations } from './activations.ts';
import { type BatchLimits, batchSize } from './batch.ts';
import type { Network } from './network.ts';
import { numbersFor } from './numbers.ts';
import type { MemoryPlan } from './slabs.ts';
import { TaskYielder } from './yielder.ts';

/** How scores are computed. */
export interface ScoresSetting {
  readonly plan: MemoryPlan;
  readonly limits: BatchLimits;
}

/**
 * The number that is explained, of every class, for each input: forward passes alone, as many together as fit. An
 * incomplete batch is filled up, so that an input's numbers do not depend on those beside it.
 */
export async function scoresOfInputs(
  network: Network,
  target: Target,
  inputs: readonly Float32Array[],
  { plan, limits }: ScoresSetting,
  { signal, onProgress }: TaskOptions,
): Promise<Float32Array[]> {
  const { graph } = network;
  const { shape } = graph.nodes[graph.inputs[0]];
  const count = targetCount(target, graph.nodes[graph.scores].shape);
  const classes = Array.from({ length: count }, (_, index) => index);
  const size = plan.chainEnd > 0 ? 1 : batchSize(network, [graph.scores], 1, limits);
  const yielder = new TaskYielder(signal);
  const found: Float32Array[] = [];
  let numbersOf: ReturnType<typeof numbersFor> | undefined;
  for (let start = 0; start < inputs.length; start += size) {
    onProgress?.({ stage: 'Running the network', fraction: start / inputs.length });
    await yielder.pause();
    const batch = { inputs: inputs.slice(start, start + size), shape, size };
    const at = await computeActivations(network, batch, yielder, plan, graph.scores);
    releaseActivations(at);
    for (const { output } of at.volumes) {
      numbersOf ??= numbersFor(network, target, output, classes);
      found.push(Float32Array.from(numbersOf(output)));
    }
  }
  return found;
}
