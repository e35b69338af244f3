import { type CamMethod, type ClassMaps, ledgerRow } from '../../core/cam/index.ts';
import { type MapMetrics, mapMetrics } from '../../core/metrics/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { Node, NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import type { ClassExplanation, LayerExplanation, TaskOptions } from '../types.ts';
import { type Activations, forwardKey, type LayerResult } from './activations.ts';
import { backward, classSeeds } from './backward.ts';
import { STEP_BYTES } from './batch.ts';
import { compileAhead } from './compile.ts';
import { disposeAll, forward, type Values } from './forward.ts';
import { layerResults, mapsOf } from './maps.ts';
import { keptSize, type Network } from './network.ts';
import type { MemoryPlan } from './slabs.ts';
import { TaskYielder } from './yielder.ts';

export interface Question {
  /** Nodes to explain. */
  readonly nodes: readonly NodeId[];
  /** Of each volume, equally many. */
  readonly classes: readonly (readonly number[])[];
  readonly methods: readonly CamMethod[];
}

/**
 * Answers a question about volumes from their activations: first computes the classes, layers and methods
 * not asked for before, by as few backward walks as fit in memory, then assembles the answers. A volume with a
 * score or a map that is not finite gets the failure `numbers`: another backend may do better, unless the
 * network or the volume is to blame.
 */
export async function explainLayers(
  network: Network,
  from: Activations,
  { nodes, classes, methods }: Question,
  { signal, onProgress }: TaskOptions,
): Promise<(LayerExplanation[] | DeviceFailure)[]> {
  const yielder = new TaskYielder(signal);
  const { graph } = network;
  const { values, volumes } = from;
  const failures = volumes.map(({ scores }) => scoreFailure(scores));
  const layers = new Map<number, LayerResult[]>();
  for (const node of nodes) layers.set(node, await layerResults(network, from, node));

  // Of a batch nothing is known yet; a volume by itself may have been asked about before.
  const unknown = (v: number, c: number) => (node: NodeId) => {
    const known = layers.get(node)![v].classes.get(c);
    return !known || methods.some((method) => !known.maps[method]);
  };
  const open = classes.map((own, v) => own.filter((c) => nodes.some(unknown(v, c))));
  const targets = new Set(
    nodes.filter((node) => open.some((own, v) => own.some((c) => unknown(v, c)(node)))),
  );
  const count = failures.includes(undefined) ? open[0].length : 0;
  const chunk = chunkSize(values, targets);
  for (let start = 0; start < count; start += chunk) {
    onProgress?.({ stage: 'Explaining', fraction: start / count });
    const part = open.map((own) => own.slice(start, start + chunk));
    const rows = filledUp(part, (values[graph.scores] as tf.Tensor).shape[0]);
    const found = new Map<number, ClassMaps[][]>();
    const options = { statistics: 'plain', yielder } as const;
    const walk = () =>
      backward(network, values, classSeeds(network, rows), targets, options, async (node, dy) =>
        found.set(node, await mapsOf(layers.get(node)!, dy, methods, yielder)),
      );
    await compileAhead(network, backwardKey(targets, rows), walk);
    const shares = await walk();
    for (const node of targets) {
      const own = layers.get(node)!;
      const { bias, bypass } = shares.get(node)!;
      const made = found.get(node) ?? (await mapsWithoutGradient(own, rows, methods, yielder));
      for (const [v, asked] of part.entries()) {
        for (const [k, index] of asked.entries()) {
          const result = made[v][k];
          failures[v] ??= mapFailure(result, graph.nodes[node].name, index);
          const row = v * asked.length + k;
          const maps = { ...own[v].classes.get(index)?.maps, ...result.maps };
          own[v].classes.set(index, { ...result, maps, bias: bias[row], bypass: bypass[row] });
        }
      }
    }
  }
  return volumes.map(({ scores }, v) => {
    const question = { classes: classes[v], methods };
    return (
      failures[v] ??
      nodes.map((node) => assemble(graph.nodes[node], scores, layers.get(node)![v], question))
    );
  });
}

/** The classes of all volumes of a batch; those that fill it up take the first one's. */
function filledUp(classes: readonly (readonly number[])[], size: number): (readonly number[])[] {
  return Array.from({ length: size }, (_, v) => classes[v] ?? classes[0]);
}

/** A layer that the score does not depend on has no gradient. */
async function mapsWithoutGradient(
  layers: readonly LayerResult[],
  rows: readonly (readonly number[])[],
  methods: readonly CamMethod[],
  yielder: TaskYielder,
): Promise<ClassMaps[][]> {
  const none = tf.zeros([rows.flat().length, ...layers[0].value.shape.slice(1)]);
  try {
    return await mapsOf(layers, none, methods, yielder);
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
 * Compiles what the forward pass and the maps of all classes at one node need, without computing; see
 * {@link compileAhead}.
 */
export async function warmUp(
  network: Network,
  node: NodeId,
  yielder: TaskYielder,
  plan: MemoryPlan,
): Promise<void> {
  const { graph } = network;
  const targets = new Set([node]);
  const inputShape = graph.nodes[graph.inputs[0]].shape;
  const run = async (walk: (values: Values) => Promise<unknown>) => {
    const values = await forward(network, tf.zeros([1, ...inputShape]), yielder, plan);
    try {
      await walk(values);
    } finally {
      disposeAll(values);
    }
  };
  await compileAhead(network, forwardKey(1), () => run(async () => undefined));
  const count = graph.nodes[graph.scores].shape[0];
  const shapes = graph.nodes.map((one) => ({ size: keptSize(one) }));
  const chunk = Math.min(count, chunkSize(shapes, targets));
  const rows = [Array.from({ length: chunk }, (_, i) => i)];
  const options = { statistics: 'plain', yielder } as const;
  await compileAhead(network, backwardKey(targets, rows), () =>
    run((values) =>
      backward(network, values, classSeeds(network, rows), targets, options, (_, dy) => dy.data()),
    ),
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
  { name, shape }: Node,
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
      const { cam, bias, bypass } = classes.get(index)!;
      return ledgerRow(index, scores[index], { cam, bias, bypass });
    }),
    metrics,
  };
}
