import { type ChannelStats, channelStats, type ClassMaps } from '../../core/cam/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { Graph } from '../model/graph.ts';
import { tf } from '../tf.ts';
import { compileAhead } from './compile.ts';
import { type Breather, disposeAll, forward, type Values } from './forward.ts';
import type { MemoryPlan } from './slabs.ts';

/** What one class at one layer was found to be. */
export interface ClassResult extends ClassMaps {
  readonly bias: number;
}

/** One layer of one volume on the host. */
export interface LayerResult {
  readonly a: Float32Array;
  readonly channels: number;
  readonly stats: ChannelStats;
  readonly classes: Map<number, ClassResult>;
}

/** Everything known about one volume in one network: a forward pass, and the questions asked so far. */
export interface Activations {
  readonly values: Values;
  readonly scores: Float32Array;
  readonly layers: Map<number, LayerResult>;
  readonly forwardMs: number;
}

/** Names the forward pass for {@link compileAhead}. */
export const FORWARD = 'forward';

/** One forward pass; the caller releases the result with {@link releaseActivations}. */
export async function computeActivations(
  graph: Graph,
  input: Float32Array,
  inputShape: readonly number[],
  breather: Breather,
  plan: MemoryPlan,
): Promise<Activations> {
  const start = performance.now();
  const run = (x: tf.Tensor) => forward(graph, x, breather, plan);
  const shape = [1, ...inputShape];
  await compileAhead(graph, FORWARD, async () => disposeAll(await run(tf.zeros(shape))));
  const values = await run(tf.tensor(input, shape));
  try {
    const scores = (await (values[values.length - 1] as tf.Tensor).data()) as Float32Array;
    assertFinite(scores);
    return { values, scores, layers: new Map(), forwardMs: performance.now() - start };
  } catch (error) {
    disposeAll(values);
    throw error;
  }
}

/** @throws DeviceFailure `numbers`: another backend may do better, unless the network is to blame */
function assertFinite(scores: Float32Array): void {
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad < 0) return;
  throw new DeviceFailure(
    'numbers',
    `The network gives ${scores[bad]} as the score of class ${bad}; accepted: weights and volumes whose scores are finite in float32.`,
  );
}

export function releaseActivations({ values }: Activations): void {
  disposeAll(values);
}

export async function layerResult(from: Activations, index: number): Promise<LayerResult> {
  const known = from.layers.get(index);
  if (known) return known;
  const value = from.values[index] as tf.Tensor;
  const channels = value.shape.at(-1) ?? 1;
  const a = (await value.data()) as Float32Array;
  const result = { a, channels, stats: channelStats(a, channels), classes: new Map() };
  from.layers.set(index, result);
  return result;
}

/** Bytes held on the backend and the host. */
export function activationBytes({ values, layers }: Activations): number {
  let bytes = 0;
  for (const value of new Set(values)) bytes += (value?.size ?? 0) * 4;
  for (const { a, classes } of layers.values()) {
    bytes += a.byteLength;
    for (const { maps } of classes.values()) {
      for (const map of Object.values(maps)) bytes += map.data.byteLength;
    }
  }
  return bytes;
}
