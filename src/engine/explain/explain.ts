import {
  type CamMap,
  type CamMethod,
  type ClassMaps,
  type LayerMethod,
  ledgerRow,
  methodRow,
} from '../../core/cam/index.ts';
import { type MapMetrics, mapMetrics } from '../../core/metrics/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import type { NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import type { ClassExplanation, LayerExplanation, TaskOptions } from '../types.ts';
import { type Activations, type ClassResult, forwardKey, type LayerResult } from './activations.ts';
import { PLAIN_RULES, type Statistics } from '../ops/op.ts';
import { defaultTarget } from '../target/rows.ts';
import { type Target, targetCount, targetKey } from '../../core/target/index.ts';
import { backward, outputSeeds } from './backward.ts';
import { isNormalised } from './paths.ts';
import { type Asked, askedOf } from './asked.ts';
import { chunkSize } from './batch.ts';
import { compileAhead } from './compile.ts';
import { disposeAll, forward, type Values } from './forward.ts';
import { addInputMaps, inputMapKey } from './input-maps.ts';
import { layerResults, mapsOf } from './maps.ts';
import type { Network } from './network.ts';
import { seedsOf } from './seeds.ts';
import { assertKept, type MemoryPlan } from './slabs.ts';
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
  const { target, classes, scores } = question;
  const asked = askedOf(network.graph, question.nodes, question.methods);
  const failures = scores.map(scoreFailure);
  const layers = new Map<NodeId, LayerResult[]>();
  for (const { node } of asked) {
    assertKept(network, from.plan, node);
    layers.set(node, await layerResults(network, from, node));
  }
  const statisticsOf = (node: NodeId): Statistics =>
    question.statistics ?? (isNormalised(network, node) ? 'frozen' : 'plain');
  for (const statistics of ['plain', 'frozen'] as const) {
    const own = asked.filter(({ node }) => statisticsOf(node) === statistics);
    if (own.length === 0) continue;
    const part = {
      asked: own,
      target,
      classes,
      statistics,
      apart: question.statistics === 'plain',
    };
    await explainMissing(network, from, part, layers, failures, options);
  }
  /** A finished map of one volume. */
  const mapOf = (v: number, node: NodeId, method: CamMethod, index: number): CamMap => {
    if (methodRow(method).at !== 'layer')
      return from.volumes[v].onInput.get(inputMapKey(question, node, method, index))!;
    const layer = layers.get(node)![v];
    return resultOf(layer, statisticsOf(node), target, index).maps[method as LayerMethod]!;
  };
  if (failures[0] === undefined)
    await addInputMaps(network, from, question, asked, (...of) => mapOf(0, ...of), options);
  return from.volumes.map((_, v) => {
    const found: FindMap = (...of) => mapOf(v, ...of);
    const failure = failures[v] ?? mapFailure(network, asked, classes[v], found);
    if (failure) return failure;
    return asked.map((one) => {
      const layer = layers.get(one.node)![v];
      return assemble(network, one, layer, question, v, statisticsOf(one.node), found);
    });
  });
}

/** The map of a class by a method that stands at a node. */
export type FindMap = (node: NodeId, method: CamMethod, index: number) => CamMap;

const keyOf = (statistics: Statistics, target: string, index: number) =>
  `${statistics} ${target} ${index}`;

function resultOf(
  { classes }: LayerResult,
  statistics: Statistics,
  target: Target,
  index: number,
): ClassResult {
  return classes.get(keyOf(statistics, targetKey(target), index))!;
}

/** A part of a question that is answered by walks of one kind. */
interface Walked extends Pick<Question, 'target' | 'classes'> {
  readonly asked: readonly Asked[];
  readonly statistics: Statistics;
  readonly apart: boolean;
}

/** Computes what is not known yet of the maps that are made of a layer. */
async function explainMissing(
  network: Network,
  from: Activations,
  { asked, target, classes, statistics, apart }: Walked,
  layers: ReadonlyMap<NodeId, readonly LayerResult[]>,
  failures: readonly (DeviceFailure | undefined)[],
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const yielder = new TaskYielder(signal);
  const { graph } = network;
  const { values } = from;
  const goal = targetKey(target);
  // Of a batch nothing is known yet; a volume by itself may have been asked about before.
  const unknown =
    (v: number, c: number) =>
    ({ node, own }: Asked) => {
      const known = layers.get(node)![v].classes.get(keyOf(statistics, goal, c));
      return !known || (apart && !known.apart) || own.some((method) => !known.maps[method]);
    };
  const open = classes.map((own, v) => own.filter((c) => asked.some(unknown(v, c))));
  const walked = asked.filter((one) => open.some((own, v) => own.some((c) => unknown(v, c)(one))));
  const methodsAt = new Map(walked.map(({ node, own }) => [node, own]));
  const targets = new Set(methodsAt.keys());
  const count = failures.includes(undefined) ? open[0].length : 0;
  const size = (values[graph.scores] as tf.Tensor).shape[0];
  const chunk = chunkSize(network, size, targets);
  for (let start = 0; start < count; start += chunk) {
    onProgress?.({ stage: 'Explaining', fraction: start / count });
    const part = open.map((own) => own.slice(start, start + chunk));
    const rows = filledUp(part, size);
    const found = new Map<number, ClassMaps[][]>();
    const options = { rules: { ...PLAIN_RULES, statistics }, yielder, apart };
    const outputs = from.volumes.map(({ output }) => output);
    const seeds = () =>
      outputSeeds(network, rows.flat().length, seedsOf(network, outputs, target, rows, statistics));
    const walk = () =>
      backward(network, values, seeds(), targets, options, async (node, dy) =>
        found.set(node, await mapsOf(layers.get(node)!, dy, methodsAt.get(node)!, yielder)),
      );
    await compileAhead(network, backwardKey(targets, rows, statistics), walk);
    const shares = await walk();
    for (const [node, methods] of methodsAt) {
      const own = layers.get(node)!;
      const { bias, aside, bypass } = shares.get(node)!;
      const made = found.get(node) ?? (await mapsWithoutGradient(own, rows, methods, yielder));
      for (const [v, indices] of part.entries()) {
        for (const [k, index] of indices.entries()) {
          const result = made[v][k];
          const row = v * indices.length + k;
          const key = keyOf(statistics, goal, index);
          const maps = { ...own[v].classes.get(key)?.maps, ...result.maps };
          const parts = { bias: bias[row], aside: aside[row], bypass: bypass[row] };
          own[v].classes.set(key, { ...result, maps, ...parts, apart });
        }
      }
    }
  }
}

/** The classes of all volumes of a batch; those that fill it up take the first one's. */
function filledUp(classes: readonly (readonly number[])[], size: number): (readonly number[])[] {
  return Array.from({ length: size }, (_, v) => classes[v] ?? classes[0]);
}

/** A layer that the score does not depend on has no gradient. */
async function mapsWithoutGradient(
  layers: readonly LayerResult[],
  rows: readonly (readonly number[])[],
  methods: readonly LayerMethod[],
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
    `The network gives ${scores[bad]} as the score of class ${bad}: no weight and no voxel is NaN, but a number on the way is too large for float32 or divided by 0; accepted: weights and volumes whose scores are finite in float32.`,
  );
}

/** Where a map's sum, and so at least one of its voxels, is not finite. */
function mapFailure(
  { graph }: Network,
  asked: readonly Asked[],
  classes: readonly number[],
  mapOf: FindMap,
): DeviceFailure | undefined {
  for (const { node, methods } of asked) {
    for (const index of classes) {
      for (const method of methods) {
        const { sum } = mapOf(node, method, index);
        if (Number.isFinite(sum)) continue;
        return new DeviceFailure(
          'numbers',
          `The ${method} map of class ${index} at layer ${graph.nodes[node].name} sums to ${sum}: a gradient there is not finite in float32.`,
        );
      }
    }
  }
  return undefined;
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
  const count = targetCount(defaultTarget(end).kind, end.shape);
  const chunk = Math.min(count, chunkSize(network, 1, targets));
  const rows = [Array.from({ length: chunk }, (_, i) => i)];
  const statistics: Statistics = isNormalised(network, node) ? 'frozen' : 'plain';
  const options = { rules: { ...PLAIN_RULES, statistics }, yielder, apart: false };
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

/**
 * What does not come through the layer: the constants behind it, and all that reaches the score around it, constants of
 * skipped branches among that. Asked for the plain gradient, as in differentiating programs, constants count as one kind
 * wherever they are, and what goes around is the input's.
 */
function ledgerParts({ cam, bias, aside, bypass }: ClassResult, asked: Statistics | undefined) {
  return asked === 'plain'
    ? { cam, bias: bias + aside, bypass }
    : { cam, bias, bypass: bypass + aside };
}

function assemble(
  { graph }: Network,
  { node, methods }: Asked,
  layer: LayerResult,
  question: Question,
  volume: number,
  statistics: Statistics,
  mapOf: FindMap,
): LayerExplanation {
  const { name, shape, declared } = graph.nodes[node];
  const { stats, channels, activationSum } = layer;
  const inputShape = graph.nodes[graph.inputs[0]].shape;
  const scores = question.scores[volume];
  const rows: ClassExplanation[] = question.classes[volume].map((index) => {
    const placed = methods.map((method) => {
      const of = methodRow(method).at === 'layer' ? shape : inputShape;
      return [method, { ...mapOf(node, method, index), shape: of.slice(0, -1) }];
    });
    return { index, score: scores[index], methods: Object.fromEntries(placed) };
  });
  const metrics: Partial<Record<CamMethod, MapMetrics>> = {};
  if (rows.length === scores.length && rows.length > 1) {
    for (const method of methods) {
      if (methodRow(method).at !== 'layer') continue;
      metrics[method] = mapMetrics(
        rows.map((row) => row.methods[method]!.sum),
        rows.map(({ score }) => score),
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
    classes: rows,
    ledger: question.classes[volume].map((index) => {
      const result = resultOf(layer, statistics, question.target, index);
      return ledgerRow(index, scores[index], ledgerParts(result, question.statistics));
    }),
    metrics,
  };
}
