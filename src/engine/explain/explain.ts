import { type CamMethod, type ClassMaps, ledgerRow } from '../../core/cam/index.ts';
import { type MapMetrics, mapMetrics } from '../../core/metrics/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { Node, NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import type { ClassExplanation, LayerExplanation, TaskOptions } from '../types.ts';
import { type Activations, forwardKey, type LayerResult } from './activations.ts';
import type { Statistics } from '../ops/op.ts';
import { defaultTarget, rowOf, targetKey } from '../target/rows.ts';
import type { Target } from '../target/types.ts';
import { backward, isNormalised, outputSeeds } from './backward.ts';
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
  readonly target: Target;
  /** Of each volume, equally many. */
  readonly classes: readonly (readonly number[])[];
  /** The number that is explained, of every class of each volume. */
  readonly scores: readonly Float32Array[];
  readonly methods: readonly CamMethod[];
  /** Absent: as each layer needs it. */
  readonly statistics?: Statistics;
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
  question: Question,
  options: TaskOptions,
): Promise<(LayerExplanation[] | DeviceFailure)[]> {
  const { graph } = network;
  const { nodes, scores } = question;
  const failures = scores.map(scoreFailure);
  const layers = new Map<NodeId, LayerResult[]>();
  for (const node of nodes) layers.set(node, await layerResults(network, from, node));
  const statisticsOf = (node: NodeId): Statistics =>
    question.statistics ?? (isNormalised(network, node) ? 'frozen' : 'plain');
  for (const statistics of ['plain', 'frozen'] as const) {
    const own = nodes.filter((node) => statisticsOf(node) === statistics);
    if (own.length === 0) continue;
    const part = { ...question, nodes: own, statistics };
    await explainMissing(network, from, part, layers, failures, options);
  }
  return from.volumes.map(
    (_, v) =>
      failures[v] ??
      nodes.map((node) =>
        assemble(graph.nodes[node], layers.get(node)![v], question, v, statisticsOf(node)),
      ),
  );
}

const keyOf = (statistics: Statistics, target: string, index: number) =>
  `${statistics} ${target} ${index}`;

/** Computes what is not known yet; a volume whose maps are not finite is entered in `failures`. */
async function explainMissing(
  network: Network,
  from: Activations,
  question: Question & { readonly statistics: Statistics },
  layers: ReadonlyMap<NodeId, readonly LayerResult[]>,
  failures: (DeviceFailure | undefined)[],
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const yielder = new TaskYielder(signal);
  const { nodes, target, classes, statistics, methods } = question;
  const { graph } = network;
  const { values } = from;
  const goal = targetKey(target);
  // Of a batch nothing is known yet; a volume by itself may have been asked about before.
  const unknown = (v: number, c: number) => (node: NodeId) => {
    const known = layers.get(node)![v].classes.get(keyOf(statistics, goal, c));
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
    const options = { statistics, yielder } as const;
    const seeds = () =>
      outputSeeds(network, rows.flat().length, seedsOf(network, from, target, rows));
    const walk = () =>
      backward(network, values, seeds(), targets, options, async (node, dy) =>
        found.set(node, await mapsOf(layers.get(node)!, dy, methods, yielder)),
      );
    await compileAhead(network, backwardKey(targets, rows, statistics), walk);
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
          const key = keyOf(statistics, goal, index);
          const maps = { ...own[v].classes.get(key)?.maps, ...result.maps };
          own[v].classes.set(key, { ...result, maps, bias: bias[row], bypass: bypass[row] });
        }
      }
    }
  }
}

/** What each row differentiates; rows that fill up a batch differentiate nothing. */
function seedsOf(
  { graph }: Network,
  { volumes }: Activations,
  target: Target,
  rows: readonly (readonly number[])[],
): Float32Array {
  const node = graph.nodes[graph.scores];
  const size = node.shape.reduce((a, b) => a * b, 1);
  const seeds = new Float32Array(rows.flat().length * size);
  for (const [v, { output }] of volumes.entries()) {
    for (const [k, index] of rows[v].entries()) {
      const at = (v * rows[v].length + k) * size;
      rowOf(target).seed({ node, values: output }, target, index, seeds.subarray(at, at + size));
    }
  }
  return seeds;
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
  const end = graph.nodes[graph.scores];
  const count = rowOf(defaultTarget(end)).count(end);
  const shapes = graph.nodes.map((one) => ({ size: keptSize(one) }));
  const chunk = Math.min(count, chunkSize(shapes, targets));
  const rows = [Array.from({ length: chunk }, (_, i) => i)];
  const statistics = isNormalised(network, node) ? 'frozen' : 'plain';
  const options = { statistics, yielder } as const;
  await compileAhead(network, backwardKey(targets, rows, statistics), () =>
    run((values) =>
      backward(network, values, outputSeeds(network, chunk), targets, options, (_, dy) =>
        dy.data(),
      ),
    ),
  );
}

function backwardKey(
  targets: ReadonlySet<number>,
  rows: readonly (readonly number[])[],
  statistics: Statistics,
): string {
  return `backward ${statistics} ${rows.length} x ${rows[0].length} to ${[...targets]}`;
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
  { name, shape, declared }: Node,
  { stats, channels, activationSum, classes }: LayerResult,
  question: Question,
  volume: number,
  statistics: Statistics,
): LayerExplanation {
  const goal = targetKey(question.target);
  const scores = question.scores[volume];
  const resultOf = (index: number) => classes.get(keyOf(statistics, goal, index))!;
  const asked: ClassExplanation[] = question.classes[volume].map((index) => {
    const { maps } = resultOf(index);
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
    declared,
    statistics,
    shape: shape.slice(0, -1),
    channels,
    kappa: { max: stats.maxKappa, unsafeChannels: stats.unsafeChannels },
    activationSum: activationSum.slice(),
    classes: asked,
    ledger: question.classes[volume].map((index) => {
      const { cam, bias, bypass } = resultOf(index);
      return ledgerRow(index, scores[index], { cam, bias, bypass });
    }),
    metrics,
  };
}
