import {
  type CamMap,
  type CamMethod,
  hidden,
  inputMap,
  type InputGradient,
  methodRow,
  occlusionMap,
  occlusions,
  productMap,
  toMap,
} from '../../core/cam/index.ts';
import { resample, type Shape3 } from '../../core/volume/index.ts';
import type { NodeId } from '../graph/types.ts';
import { rowOf } from '../target/rows.ts';
import { targetKey } from '../../core/target/index.ts';
import { tf } from '../tf.ts';
import type { BackendName, TaskOptions } from '../types.ts';
import { type Activations, computeActivations, releaseActivations } from './activations.ts';
import type { Asked } from './asked.ts';
import { backward, outputSeeds } from './backward.ts';
import { isNormalised } from './paths.ts';
import { batchLimits, batchSize, chunkSize } from './batch.ts';
import type { FindMap, Question } from './explain.ts';
import type { Network } from './network.ts';
import { numbersFor } from './numbers.ts';
import { seedsOf } from './seeds.ts';
import { assertKept } from './slabs.ts';
import { TaskYielder } from './yielder.ts';

/** Distinguishes the maps of one volume on the grid of the input. */
export function inputMapKey(
  { target, statistics }: Question,
  node: NodeId,
  method: CamMethod,
  index: number,
): string {
  return `${node} ${method} ${statistics ?? 'default'} ${index} ${targetKey(target)}`;
}

/** One volume that is asked about on the grid of the input. */
interface Task {
  readonly network: Network;
  readonly from: Activations;
  readonly question: Question;
  /** `[…space, channels]` */
  readonly x: Float32Array;
  readonly yielder: TaskYielder;
  progress(fraction: number): void;
}

/**
 * Adds the maps on the input's grid that a question asks for and that are not known yet; each gradient is computed
 * once for all methods that take it. `from` holds one volume; `layerMap` finds the maps of layers that others take.
 *
 * @throws DeviceFailure `limit` where gradients do not reach the input, since the volume is computed in slabs
 */
export async function addInputMaps(
  network: Network,
  from: Activations,
  question: Question,
  asked: readonly Asked[],
  layerMap: FindMap,
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const [{ onInput }] = from.volumes;
  const open = asked.flatMap(({ node, methods }) =>
    methods
      .filter((method) => methodRow(method).at !== 'layer')
      .map((method) => ({ node, method, pass: passOf(method) })),
  );
  if (open.length === 0) return;
  const input = from.values[network.graph.inputs[0]] as tf.Tensor;
  const x = (await input.data()) as Float32Array;
  for (const pass of new Set(open.map((one) => one.pass))) {
    const maps = open.filter((one) => one.pass === pass);
    const key = ({ node, method }: (typeof maps)[number], index: number) =>
      inputMapKey(question, node, method, index);
    const lacking = question.classes[0].filter((index) =>
      maps.some((one) => !onInput.has(key(one, index))),
    );
    if (lacking.length === 0) continue;
    const stage = methodRow(maps[0].method).name;
    const progress = (fraction: number) => onProgress?.({ stage, fraction });
    const yielder = new TaskYielder(signal);
    const task: Task = { network, from, question, x, yielder, progress };
    const found = await (pass === 'occlusion'
      ? occlusionMaps(task, lacking)
      : meanGradients(task, pass, lacking));
    for (const one of maps)
      for (const [k, index] of lacking.entries())
        onInput.set(key(one, index), mapOf(task, one.method, found[k], one.node, index, layerMap));
  }
}

/** What has to be computed for a method. */
function passOf(method: CamMethod): InputGradient | 'occlusion' {
  const row = methodRow(method);
  return 'gradient' in row ? row.gradient : 'occlusion';
}

/** A map from what was computed for it, a gradient `[…space, channels]` or the values `[…space]` themselves. */
function mapOf(
  { network: { graph }, x }: Task,
  method: CamMethod,
  found: Float32Array,
  node: NodeId,
  index: number,
  layerMap: FindMap,
): CamMap {
  const row = methodRow(method);
  const inputShape = graph.nodes[graph.inputs[0]].shape;
  const channels = inputShape[inputShape.length - 1];
  if (row.at === 'input' && row.kind === 'gradient')
    return inputMap(x, found, channels, row.timesInput);
  if (row.at !== 'both') return toMap(Float64Array.from(found));
  const gradient = inputMap(x, found, channels, false);
  const [from, to] = [graph.nodes[node].shape, inputShape].map(spatial);
  const coarse = layerMap(node, row.layer, index).data.map((value) => Math.max(value, 0));
  return productMap(gradient.data, resample(coarse, from, to));
}

/** `[z, y, x]` of a value's shape; an image is one slice. */
function spatial(shape: readonly number[]): Shape3 {
  const [x, y, z = 1] = shape.slice(0, -1).reverse();
  return [z, y, x];
}

/** The mean gradient of each class over the points, `[…space, channels]`. */
async function meanGradients(
  task: Task,
  { rectifiers, points, frozen }: InputGradient,
  classes: readonly number[],
): Promise<Float32Array[]> {
  const { network, from, question, x, yielder } = task;
  const { target } = question;
  const [input] = network.graph.inputs;
  const { shape } = network.graph.nodes[input];
  assertKept(network, from.plan, input);
  const sums = classes.map(() => new Float32Array(x.length));
  const statistics =
    question.statistics ?? (frozen && isNormalised(network, input) ? 'frozen' : 'plain');
  const options = { rules: { statistics, rectifiers }, yielder, apart: false } as const;

  /** Adds the gradients at points of which activations hold the values. */
  const add = async ({ values, volumes }: Activations) => {
    const size = (values[input] as tf.Tensor).shape[0];
    // What is added up in a number of many voxels stays as chosen for the volume itself.
    const outputs = volumes.map(({ output }) =>
      rowOf(target).linear ? from.volumes[0].output : output,
    );
    const chunk = chunkSize(network, size, [input]);
    for (let start = 0; start < classes.length; start += chunk) {
      const part = classes.slice(start, start + chunk);
      const rows = new Array<readonly number[]>(size).fill(part);
      const count = size * part.length;
      const seeds = outputSeeds(
        network,
        count,
        seedsOf(network, outputs, target, rows, statistics),
      );
      await backward(network, values, seeds, new Set([input]), options, async (_, dy) => {
        const all = (await dy.data()) as Float32Array;
        for (let row = 0; row < volumes.length * part.length; row++) {
          const sum = sums[start + (row % part.length)];
          const at = row * x.length;
          for (let i = 0; i < sum.length; i++) sum[i] += all[at + i];
        }
      });
    }
  };

  if (points.count === 1) {
    await add(from);
    return sums;
  }
  await inBatches(task, points.count, input, async (indices, size) => {
    const inputs = indices.map((k) => points.at(x, k));
    const at = await computeActivations(network, { inputs, shape, size }, yielder, from.plan);
    try {
      await add(at);
    } finally {
      releaseActivations(at);
    }
  });
  return sums.map((sum) => sum.map((value) => value / points.count));
}

/** Occlusion maps of the classes, `[…space]`. */
async function occlusionMaps(task: Task, classes: readonly number[]): Promise<Float32Array[]> {
  const { network, from, x, yielder } = task;
  const { graph } = network;
  const { shape } = graph.nodes[graph.inputs[0]];
  const space = shape.slice(0, -1);
  const boxes = occlusions(space);
  const { output: first } = from.volumes[0];
  const numbersOf = numbersFor(network, task.question.target, first, classes);
  const whole = numbersOf(first);
  const drops = classes.map(() => new Float64Array(boxes.length));
  await inBatches(task, boxes.length, graph.scores, async (indices, size) => {
    const inputs = indices.map((k) => hidden(x, space, shape[shape.length - 1], boxes[k]));
    const batch = { inputs, shape, size };
    const at = await computeActivations(network, batch, yielder, from.plan, graph.scores);
    releaseActivations(at);
    for (const [v, { output }] of at.volumes.entries())
      for (const [c, number] of numbersOf(output).entries())
        drops[c][indices[v]] = whole[c] - number;
  });
  return drops.map((own) => Float32Array.from(occlusionMap(space, boxes, own)));
}

/** Runs `count` inputs through the network as many at a time as fit, of which values from `keepFrom` on are kept. */
async function inBatches(
  { network, from, yielder, progress }: Task,
  count: number,
  keepFrom: NodeId,
  run: (indices: readonly number[], size: number) => Promise<void>,
): Promise<void> {
  const limits = batchLimits(tf.getBackend() as BackendName, false);
  const most = from.plan.chainEnd > 0 ? 1 : batchSize(network, [keepFrom], 1, limits);
  const size = Math.min(count, most);
  for (let start = 0; start < count; start += size) {
    progress(start / count);
    await yielder.pause();
    const length = Math.min(size, count - start);
    await run(
      Array.from({ length }, (_, i) => start + i),
      size,
    );
  }
}
