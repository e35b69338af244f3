import {
  CAM_METHODS,
  type CamMethod,
  type ClassMaps,
  classMaps,
  ledgerRow,
} from '../../core/cam/index.ts';
import { type MapMetrics, mapMetrics } from '../../core/metrics/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { Graph } from '../model/graph.ts';
import { tf } from '../tf.ts';
import type { ClassExplanation, LayerExplanation, TaskOptions } from '../types.ts';
import { type Activations, FORWARD, type LayerResult, layerResult } from './activations.ts';
import { backward } from './backward.ts';
import { compileAhead } from './compile.ts';
import { Breather, disposeAll, forward, type Values } from './forward.ts';

/** Gradients of one chunk of classes stay below this many bytes per step on the backend. */
const CHUNK_BYTES = 64 * 2 ** 20;

export interface Question {
  /** Steps to explain. */
  readonly steps: readonly number[];
  readonly classes: readonly number[];
  readonly methods: readonly CamMethod[];
}

/**
 * Answers a question about a volume from its activations: first computes the classes and layers not
 * asked for before, by as few backward walks as fit in memory, then assembles the answer.
 */
export async function explainLayers(
  graph: Graph,
  from: Activations,
  question: Question,
  { signal, onProgress }: TaskOptions,
): Promise<LayerExplanation[]> {
  const breather = new Breather(signal);
  const layers = new Map<number, LayerResult>();
  for (const step of question.steps) layers.set(step, await layerResult(from, step));

  const open = question.classes.filter((c) =>
    question.steps.some((step) => !layers.get(step)!.classes.has(c)),
  );
  const targets = new Set(
    question.steps.filter((step) => open.some((c) => !layers.get(step)!.classes.has(c))),
  );
  const chunk = chunkSize(from.values, targets);
  for (let start = 0; start < open.length; start += chunk) {
    onProgress?.({ stage: 'Explaining', fraction: start / open.length });
    const classes = open.slice(start, start + chunk);
    const walk = () => backward(graph, from.values, classes, targets, breather);
    await compileAhead(graph, backwardKey(targets, classes), walk);
    const { at, bias } = await walk();
    for (const step of targets) {
      const layer = layers.get(step)!;
      // A layer that the score does not depend on has no gradient.
      const gradient = at.get(step) ?? new Float32Array(layer.a.length * classes.length);
      for (const [k, index] of classes.entries()) {
        await breather.pause();
        const g = gradient.subarray(k * layer.a.length, (k + 1) * layer.a.length);
        const maps = classMaps(
          { a: layer.a, g, channels: layer.channels },
          CAM_METHODS,
          layer.stats,
        );
        assertFinite(maps, graph.steps[step].name, index);
        layer.classes.set(index, { ...maps, bias: bias.get(step)![k] });
      }
    }
  }
  return question.steps.map((step) => assemble(graph, from, step, layers.get(step)!, question));
}

/** @throws DeviceFailure `numbers` when a map's sum, and so at least one of its voxels, is not finite */
function assertFinite({ maps }: ClassMaps, layer: string, index: number): void {
  for (const [method, { sum }] of Object.entries(maps)) {
    if (Number.isFinite(sum)) continue;
    throw new DeviceFailure(
      'numbers',
      `The ${method} map of class ${index} at layer ${layer} sums to ${sum}: a gradient there is not finite in float32.`,
    );
  }
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
): Promise<void> {
  const targets = new Set([step]);
  const run = async (walk: (values: Values) => Promise<unknown>) => {
    const values = await forward(graph, tf.zeros([1, ...inputShape]), breather);
    try {
      await walk(values);
    } finally {
      disposeAll(values);
    }
  };
  await compileAhead(graph, FORWARD, () => run(async () => undefined));
  const count = graph.steps[graph.steps.length - 1].shape[0];
  const shapes = graph.steps.map(({ shape }) => ({ size: shape.reduce((a, b) => a * b, 1) }));
  const classes = Array.from({ length: Math.min(count, chunkSize(shapes, targets)) }, (_, i) => i);
  await compileAhead(graph, backwardKey(targets, classes), () =>
    run((values) => backward(graph, values, classes, targets, breather)),
  );
}

function backwardKey(targets: ReadonlySet<number>, classes: readonly number[]): string {
  return `backward ${classes.length} to ${[...targets]}`;
}

function chunkSize(
  values: readonly ({ readonly size: number } | null)[],
  targets: ReadonlySet<number>,
): number {
  if (targets.size === 0) return 1;
  const first = Math.min(...targets);
  const widest = Math.max(...values.slice(first).map((value) => (value?.size ?? 0) * 4));
  return Math.max(1, Math.floor(CHUNK_BYTES / widest));
}

function assemble(
  graph: Graph,
  { scores }: Activations,
  step: number,
  { stats, channels, classes }: LayerResult,
  question: Question,
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
  const { name, shape } = graph.steps[step];
  return {
    name,
    shape: shape.slice(0, -1),
    channels,
    kappa: { max: stats.maxKappa, unsafeChannels: stats.unsafeChannels },
    classes: asked,
    ledger: question.classes.map((index) => {
      const { cam, bias } = classes.get(index)!;
      return ledgerRow(index, scores[index], cam, bias);
    }),
    metrics,
  };
}
