import type { CamMap, ChannelStats, ClassMaps } from '../../core/cam/index.ts';
import type { NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { compileAhead } from './compile.ts';
import { disposeAll, forward, type Values } from './forward.ts';
import type { Network } from './network.ts';
import type { MemoryPlan } from './slabs.ts';
import type { TaskYielder } from './yielder.ts';

/** What one class at one layer was found to be. */
export interface ClassResult extends ClassMaps {
  /** See `Shares`. */
  readonly bias: number;
  readonly aside: number;
  readonly bypass: number;
  /** Whether `aside` is counted apart from `bypass`. */
  readonly apart: boolean;
}

/** One layer of one volume. */
export interface LayerResult {
  /** The layer's value, `[batch, …]`, and the volume's place in it. */
  readonly value: tf.Tensor;
  readonly volume: number;
  /** Its numbers on the host, where the backend does not make maps itself. */
  readonly a: Float32Array | undefined;
  readonly channels: number;
  readonly stats: ChannelStats;
  /** Sum of the activations over the channels, `[voxels]`. */
  readonly activationSum: Float32Array;
  /** By statistics, target and class. */
  readonly classes: Map<string, ClassResult>;
}

/** One volume: the network's output, and the layers asked about so far. */
export interface VolumeResult {
  readonly output: Float32Array;
  readonly layers: Map<NodeId, LayerResult>;
  /** Maps on the input's grid, by what was asked. */
  readonly onInput: Map<string, CamMap>;
}

/** Everything known about the volumes of a batch: a forward pass, and the questions asked so far. */
export interface Activations {
  /** `[batch, …]`; the batch may be filled up beyond `volumes`. */
  readonly values: Values;
  readonly volumes: readonly VolumeResult[];
  /** How they were computed. */
  readonly plan: MemoryPlan;
  /** Milliseconds for all of them. */
  readonly forwardMs: number;
}

/** Volumes that go through the network together. */
export interface Batch {
  readonly inputs: readonly Float32Array[];
  /** Of each input. */
  readonly shape: readonly number[];
  /** Volumes computed, at least as many as there are inputs: zeros fill up what is missing. */
  readonly size: number;
}

/** Names the forward pass of `size` volumes for {@link compileAhead}. */
export const forwardKey = (size: number) => `forward ${size}`;

/**
 * One forward pass, of which is kept what the maps at node `keepFrom` and later ones need; the caller
 * releases the result with {@link releaseActivations}.
 */
export async function computeActivations(
  network: Network,
  batch: Batch,
  yielder: TaskYielder,
  plan: MemoryPlan,
  keepFrom = 0,
): Promise<Activations> {
  const start = performance.now();
  const run = (x: tf.Tensor) => forward(network, x, yielder, plan, keepFrom);
  const zeros = () => tf.zeros([batch.size, ...batch.shape]);
  await compileAhead(network, forwardKey(batch.size), async () => disposeAll(await run(zeros())));
  const values = await run(inputTensor(batch));
  try {
    const all = (await (values[network.graph.scores] as tf.Tensor).data()) as Float32Array;
    const count = all.length / batch.size;
    const volumes = batch.inputs.map((_, v) => ({
      output: all.subarray(v * count, (v + 1) * count),
      layers: new Map(),
      onInput: new Map(),
    }));
    return { values, volumes, plan, forwardMs: performance.now() - start };
  } catch (error) {
    disposeAll(values);
    throw error;
  }
}

function inputTensor({ inputs, shape, size }: Batch): tf.Tensor {
  if (size === 1) return tf.tensor(inputs[0], [1, ...shape]);
  const all = new Float32Array(size * inputs[0].length);
  for (const [v, input] of inputs.entries()) all.set(input, v * input.length);
  return tf.tensor(all, [size, ...shape]);
}

export function releaseActivations({ values, volumes }: Activations): void {
  disposeAll(values);
  for (const { value } of volumes[0].layers.values()) value.dispose();
}

/** Bytes held on the backend and the host. */
export function activationBytes({ values, volumes }: Activations): number {
  let bytes = 0;
  for (const value of new Set(values)) bytes += (value?.size ?? 0) * 4;
  for (const map of volumes.flatMap(({ onInput }) => [...onInput.values()]))
    bytes += map.data.byteLength;
  for (const layer of volumes.flatMap(({ layers }) => [...layers.values()])) {
    const { a, activationSum, classes } = layer;
    bytes += (a?.byteLength ?? 0) + activationSum.byteLength;
    for (const { maps } of classes.values()) {
      for (const map of Object.values(maps)) bytes += map.data.byteLength;
    }
  }
  return bytes;
}
