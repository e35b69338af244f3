import { type CamMethod, type ClassMaps, ledgerRow } from '../../core/cam/index.ts';
import { type MapMetrics, mapMetrics } from '../../core/metrics/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { Graph, Step } from '../model/graph.ts';
import { tf } from '../tf.ts';
import type { ClassExplanation, LayerExplanation, TaskOptions } from '../types.ts';
import { type Activations, forwardKey, type LayerResult } from './activations.ts';
import { backward } from './backward.ts';
import { STEP_BYTES } from './batch.ts';
import { compileAhead } from './compile.ts';
import { Breather, disposeAll, forward, type Values } from './forward.ts';
import { layerResults, mapsOf } from './maps.ts';
import type { MemoryPlan } from './slabs.ts';

export interface Question {
  /** Steps to explain. */
  readonly steps: readonly number[];
  /** Of each volume, equally many. */
  readonly classes: readonly (readonly number[])[];
  readonly methods: readonly CamMethod[];
}

/**
 * Answers a question about volumes from their activations: first computes the classes and layers not
 * asked for before, by as few backward walks as fit in memory, then assembles the answers. A volume with a
 * score or a map that is not finite gets the failure `numbers`: another backend may do better, unless the
 * network or the volume is to blame.
 */
export async function explainLayers(
  graph: Graph,
  from: Activations,
  { steps, classes, methods }: Question,
  { signal, onProgress }: TaskOptions,
): Promise<(LayerExplanation[] | DeviceFailure)[]> {
  const breather = new Breather(signal);
  const { values, volumes } = from;
  const failures = volumes.map(({ scores }) => scoreFailure(scores));
  const layers = new Map<number, LayerResult[]>();
  for (const step of steps) layers.set(step, await layerResults(from, step));

  // Of a batch nothing is known yet; a volume by itself may have been asked about before.
  const unknown = (v: number, c: number) => (step: number) => !layers.get(step)![v].classes.has(c);
  const open = classes.map((own, v) => own.filter((c) => steps.some(unknown(v, c))));
  const targets = new Set(
    steps.filter((step) => open.some((own, v) => own.some((c) => unknown(v, c)(step)))),
  );
  const count = failures.includes(undefined) ? open[0].length : 0;
  const chunk = chunkSize(values, targets);
  for (let start = 0; start < count; start += chunk) {
    onProgress?.({ stage: 'Explaining', fraction: start / count });
    const part = open.map((own) => own.slice(start, start + chunk));
    const rows = filledUp(part, values);
    const found = new Map<number, ClassMaps[][]>();
    const walk = () =>
      backward(graph, values, rows, targets, breather, async (step, dy) =>
        found.set(step, await mapsOf(layers.get(step)!, dy, breather)),
      );
    await compileAhead(graph, backwardKey(targets, rows), walk);
    const bias = await walk();
    for (const step of targets) {
      const own = layers.get(step)!;
      const maps = found.get(step) ?? (await mapsWithoutGradient(own, rows, breather));
      for (const [v, asked] of part.entries()) {
        for (const [k, index] of asked.entries()) {
          const result = maps[v][k];
          failures[v] ??= mapFailure(result, graph.steps[step].name, index);
          const share = bias.get(step)![v * asked.length + k];
          own[v].classes.set(index, { ...result, bias: share });
        }
      }
    }
  }
  return volumes.map(({ scores }, v) => {
    const question = { classes: classes[v], methods };
    return (
      failures[v] ??
      steps.map((step) => assemble(graph.steps[step], scores, layers.get(step)![v], question))
    );
  });
}

/** The classes of all volumes of a batch; those that fill it up take the first one's. */
function filledUp(classes: readonly (readonly number[])[], values: Values): (readonly number[])[] {
  const size = (values[values.length - 1] as tf.Tensor).shape[0];
  return Array.from({ length: size }, (_, v) => classes[v] ?? classes[0]);
}

/** A layer that the score does not depend on has no gradient. */
async function mapsWithoutGradient(
  layers: readonly LayerResult[],
  rows: readonly (readonly number[])[],
  breather: Breather,
): Promise<ClassMaps[][]> {
  const none = tf.zeros([rows.flat().length, ...layers[0].value.shape.slice(1)]);
  try {
    return await mapsOf(layers, none, breather);
  } finally {
    none.dispose();
  }
}

function scoreFailure(scores: Float32Array): DeviceFailure | undefined {
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad < 0) return undefined;
  return new DeviceFailure(
    'numbers',
    `The network gives ${scores[bad]} as the score of class ${bad}; accepted: weights and volumes whose scores are finite in float32.`,
  );
}

/** Where a map's sum, and so at least one of its voxels, is not finite. */
function mapFailure({ maps }: ClassMaps, layer: string, index: number): DeviceFailure | undefined {
  const bad = Object.entries(maps).find(([, { sum }]) => !Number.isFinite(sum));
  if (!bad) return undefined;
  return new DeviceFailure(
    'numbers',
    `The ${bad[0]} map of class ${index} at layer ${layer} sums to ${bad[1].sum}: a gradient there is not finite in float32.`,
  );
}

/**
 * Compiles what the forward pass and the maps of all classes at one step need, without computing; see
 * {@link compileAhead}.
 */
export async function warmUp(
  graph: Graph,
  inputShape: readonly number[],
  step: number,
  breather: Breather,
  plan: MemoryPlan,
): Promise<void> {
  const targets = new Set([step]);
  const run = async (walk: (values: Values) => Promise<unknown>) => {
    const values = await forward(graph, tf.zeros([1, ...inputShape]), breather, plan);
    try {
      await walk(values);
    } finally {
      disposeAll(values);
    }
  };
  await compileAhead(graph, forwardKey(1), () => run(async () => undefined));
  const count = graph.steps[graph.steps.length - 1].shape[0];
  const shapes = graph.steps.map(({ shape }) => ({ size: shape.reduce((a, b) => a * b, 1) }));
  const chunk = Math.min(count, chunkSize(shapes, targets));
  const rows = [Array.from({ length: chunk }, (_, i) => i)];
  await compileAhead(graph, backwardKey(targets, rows), () =>
    run((values) => backward(graph, values, rows, targets, breather, (_, dy) => dy.data())),
  );
}

function backwardKey(targets: ReadonlySet<number>, rows: readonly (readonly number[])[]): string {
  return `backward ${rows.length} x ${rows[0].length} to ${[...targets]}`;
}

/** Classes of each volume that fit into one walk. */
function chunkSize(
  values: readonly ({ readonly size: number } | null)[],
  targets: ReadonlySet<number>,
): number {
  if (targets.size === 0) return 1;
  const first = Math.min(...targets);
  const widest = Math.max(...values.slice(first).map((value) => (value?.size ?? 0) * 4));
  return Math.max(1, Math.floor(STEP_BYTES / widest));
}

function assemble(
  { name, shape }: Step,
  scores: Float32Array,
  { stats, channels, activationSum, classes }: LayerResult,
  question: { readonly classes: readonly number[]; readonly methods: readonly CamMethod[] },
): LayerExplanation {
  const asked: ClassExplanation[] = question.classes.map((index) => {
    const { maps } = classes.get(index)!;
    return {
      index,
      score: scores[index],
      methods: Object.fromEntries(question.methods.map((method) => [method, maps[method]])),
    };
  });
  const metrics: Partial<Record<CamMethod, MapMetrics>> = {};
  if (asked.length === scores.length && asked.length > 1) {
    for (const method of question.methods) {
      const sums = asked.map(({ methods }) => methods[method]!.sum);
      metrics[method] = mapMetrics(
        sums,
        asked.map(({ score }) => score),
      );
    }
  }
  return {
    name,
    shape: shape.slice(0, -1),
    channels,
    kappa: { max: stats.maxKappa, unsafeChannels: stats.unsafeChannels },
    activationSum: activationSum.slice(),
    classes: asked,
    ledger: question.classes.map((index) => {
      const { cam, bias } = classes.get(index)!;
      return ledgerRow(index, scores[index], cam, bias);
    }),
    metrics,
  };
}
