import type { OpId } from '../graph/operators.ts';
import type { NodeId, NodeOf } from '../graph/types.ts';
import type { BackwardCall, BackwardRules, InputGradients } from '../ops/op.ts';
import { dotRows } from '../ops/rows.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';
import { isKnown, nodeValue, type Values } from './forward.ts';
import { named, type Network, readsOf, slopeBehind, type Stage, stageWeights } from './network.ts';
import { hasBypass, leadsTo } from './paths.ts';
import type { TaskYielder } from './yielder.ts';

/** What is differentiated: the gradient of each row's score for the nodes that it is made of, `[rows, …node]`. */
export type Seeds = ReadonlyMap<NodeId, tf.Tensor>;

/** What of each row's score does not come through a node. */
export interface Shares {
  /** Of the biases that are added to what depends on the node. */
  readonly bias: Float64Array;
  /** Of those on paths around the node, where it is counted apart from `bypass`; else none. */
  readonly aside: Float64Array;
  /** Of the input, on paths around the node; including `aside` where that is not counted apart. */
  readonly bypass: Float64Array;
}

export interface BackwardOptions {
  readonly rules: BackwardRules;
  readonly yielder: TaskYielder;
  /** Whether the constants on paths around a target are counted apart from the input: a walk of its own for each target. */
  readonly apart: boolean;
}

/** Seeds at the output, `[rows, …output]`. */
export function outputSeeds({ graph }: Network, rows: number, seed?: Float32Array): Seeds {
  const shape = [rows, ...graph.nodes[graph.scores].shape];
  return new Map([[graph.scores, seed ? tf.tensor(seed, shape) : tf.zeros(shape)]]);
}

/**
 * One backward walk from the seeds to every node of `targets`: the gradients of all volumes and scores
 * travel as one batch, from the values of one forward pass, which has kept those from the first target
 * on. `meet` is given the gradients at each target, `[rows, …node]`; they are disposed after it.
 *
 * What goes around a target is taken where it meets what comes from it: `sum dy * value` of each such value. With
 * `apart`, each target is walked past, down to the input (or the first value that was kept): the first one, which no
 * other target leads to, by the walk that meets all of them, the others by walks of their own.
 *
 * @param seeds disposed
 */
export async function backward(
  network: Network,
  values: Values,
  seeds: Seeds,
  targets: ReadonlySet<NodeId>,
  options: BackwardOptions,
  meet: (target: NodeId, dy: tf.Tensor) => Promise<unknown>,
): Promise<ReadonlyMap<NodeId, Shares>> {
  const shares = new Map<NodeId, Shares>();
  try {
    const leads = leadsTo(network, targets);
    const around = new Map(
      [...targets]
        .filter((target) => hasBypass(network, target))
        .map((target) => [target, leadsTo(network, new Set([target]))]),
    );
    const all = network.constant.map((constant) => !constant);
    const first = Math.min(...targets);
    const passed = options.apart && around.has(first) ? first : undefined;
    const common = await walk(network, values, seeds, {
      ...options,
      leads: passed === undefined ? leads : all,
      fixed: passed,
      meet: [targets, meet],
      around: options.apart ? [] : [...around],
    });
    const { biasOf, rows, arriving } = common;
    for (const target of targets) {
      const behind = around.get(target) ?? leadsTo(network, new Set([target]));
      const none = new Float64Array(rows);
      if (options.apart && around.has(target)) {
        const past = { ...options, leads: all, fixed: target, around: [] };
        const { biasOf: own, input } =
          target === passed ? common : await walk(network, values, seeds, past);
        const bias = sumOf(own, rows, (id) => behind[id]);
        const aside = sumOf(own, rows, (id) => !behind[id]);
        shares.set(target, { bias, aside, bypass: input });
        continue;
      }
      const bias = sumOf(biasOf, rows, (id) => id !== target && behind[id]);
      shares.set(target, { bias, aside: none, bypass: arriving.get(target) ?? none });
    }
    return shares;
  } finally {
    for (const seed of seeds.values()) seed.dispose();
  }
}

interface WalkOptions extends BackwardOptions {
  /** By node: whether its gradient is asked for. */
  readonly leads: readonly boolean[];
  /** A node whose value is held fixed: nothing goes through it. */
  readonly fixed?: NodeId;
  /** Targets that paths go around, each with the nodes that depend on it. */
  readonly around: readonly (readonly [NodeId, readonly boolean[]])[];
  readonly meet?: readonly [
    ReadonlySet<NodeId>,
    (target: NodeId, dy: tf.Tensor) => Promise<unknown>,
  ];
}

interface Walked {
  readonly rows: number;
  /** By node: what its constant part adds to each row's score. */
  readonly biasOf: ReadonlyMap<NodeId, Float64Array>;
  /** `sum dy * x` at the nodes where the walk ends. */
  readonly input: Float64Array;
  /** By target: `sum dy * x` of each value x that goes around it, where it meets what depends on it. */
  readonly arriving: ReadonlyMap<NodeId, Float64Array>;
}

async function walk(
  network: Network,
  values: Values,
  seeds: Seeds,
  { leads, fixed, meet, around, rules, yielder }: WalkOptions,
): Promise<Walked> {
  const { graph, constant } = network;
  const arriving = new Map<NodeId, Float64Array>();
  const pending: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  const biasOf = new Map<NodeId, Float64Array>();
  let rows = 0;
  for (const [id, seed] of seeds) {
    pending[id] = seed.clone();
    rows = seed.shape[0];
  }
  const input = new Float64Array(rows);
  const arrive = async (id: NodeId, dy: tf.Tensor, targets: readonly NodeId[]) => {
    if (targets.length === 0) return;
    const share = await read(tf.tidy(() => dotRows(dy, nodeValue(network, values, id))));
    for (const target of targets) {
      const total = arriving.get(target) ?? new Float64Array(rows);
      add(total, share);
      arriving.set(target, total);
    }
  };
  try {
    for (const [id, seed] of seeds) {
      const past = around.filter(([, behind]) => !behind[id]);
      await arrive(
        id,
        seed,
        past.map(([target]) => target),
      );
    }
    for (let id = pending.length - 1; id >= 0; id--) {
      const dy = pending[id];
      if (!dy) continue;
      await yielder.pause();
      if (meet?.[0].has(id)) await meet[1](id, dy);
      if (id !== fixed) {
        const isMet = (one: NodeId) => one === fixed || meet?.[0].has(one) === true;
        const stage = atOnce(network, values, id, rules, isMet);
        const at = stage?.head ?? id;
        const node = graph.nodes[at] as NodeOf<OpId>;
        const wanted = node.inputs.map((i) => leads[i] && !constant[i]);
        const met = node.inputs.map((i) =>
          constant[i] || !isKnown(network, values, i)
            ? []
            : around
                .filter(([target, behind]) => target !== at && behind[at] && !behind[i])
                .map(([target]) => target),
        );
        const known = node.inputs.every((i) => isKnown(network, values, i));
        if (node.op === 'input' || (fixed !== undefined && !known)) {
          if (fixed !== undefined && isKnown(network, values, id))
            add(input, await read(tf.tidy(() => dotRows(dy, nodeValue(network, values, id)))));
        } else if (wanted.includes(true) || (fixed !== undefined && !constant[at])) {
          const step = { passed: wanted, read: met.map(({ length }) => length > 0), rules };
          const found = stepBack(network, values, at, dy, { ...step, stage }, pending);
          for (const [i, dx] of found.edges.entries()) {
            if (dx) await arrive(node.inputs[i], dx, met[i]);
            dx?.dispose();
          }
          if (found.bias) biasOf.set(at, Float64Array.from(await read(found.bias)));
          for (const [i, sum] of found.sums.entries()) {
            if (!sum) continue;
            drop(pending, i);
            pending[i] = sum;
          }
        }
      }
      drop(pending, id);
    }
    return { rows, biasOf, input, arriving };
  } finally {
    for (let id = 0; id < pending.length; id++) drop(pending, id);
  }
}

interface Step {
  /** Inputs whose gradient travels on, and those whose own gradient is read. */
  readonly passed: readonly boolean[];
  readonly read: readonly boolean[];
  readonly rules: BackwardRules;
  /** Nodes that the gradient goes through at once. */
  readonly stage: Stage | null;
}

interface Found {
  /** By node: the gradients that are passed on, added to those that are pending. */
  readonly sums: readonly (tf.Tensor | null)[];
  /** By input: its own gradient, where it is read. */
  readonly edges: readonly (tf.Tensor | null)[];
  readonly bias: tf.Tensor | null;
}

/** What one node passes on, and its bias share. */
function stepBack(
  network: Network,
  values: Values,
  id: NodeId,
  dy: tf.Tensor,
  { passed, read: own, rules, stage }: Step,
  pending: readonly (tf.Tensor | null)[],
): Found {
  const node = network.graph.nodes[id] as NodeOf<OpId>;
  const run = (): tf.TensorContainer => {
    const wanted = passed.map((is, i) => is || own[i]);
    const call = backwardCall(network, values, id, dy, wanted, rules, stage);
    const op = opOf(node);
    const gradients: InputGradients = wanted.includes(true) ? op.vjp(call) : [];
    const sums: (tf.Tensor | null)[] = [];
    for (const [i, from] of node.inputs.entries()) {
      const dx = gradients[i];
      if (!passed[i] || !dx) continue;
      const before = sums[from] ?? pending[from];
      sums[from] = before ? tf.add(before, dx) : dx;
    }
    const found: Found = {
      sums: Array.from(sums, (sum) => sum ?? null),
      edges: own.map((is, i) => {
        const dx = is ? gradients[i] : null;
        return dx ? tf.clone(dx) : null;
      }),
      bias: op.bias?.(call) ?? null,
    };
    return found as unknown as tf.TensorContainer;
  };
  return named(node, () => tf.tidy(run) as unknown as Found);
}

/** What is computed together and ends at a node, where the gradient goes through all of it at once. */
function atOnce(
  network: Network,
  values: Values,
  id: NodeId,
  { rectifiers }: BackwardRules,
  isMet: (id: NodeId) => boolean,
): Stage | null {
  const stage = network.stageOf.get(id);
  if (!stage || stage.head === null || rectifiers !== 'plain') return null;
  const { head, between, inputs } = stage;
  if ([head, ...between].some(isMet)) return null;
  if (!inputs.every((input) => isKnown(network, values, input))) return null;
  const node = network.graph.nodes[head] as NodeOf<OpId>;
  const call = {
    attributes: node.attributes,
    weights: stageWeights(network, stage),
    inputs: inputs.map((input) => standIn(network, input)),
  };
  return opOf(node).throughRelu?.(call) ? stage : null;
}

/** For where only the shape of a node's value is looked at. */
function standIn({ graph, constant }: Network, id: NodeId, volumes = 1): tf.Tensor {
  const shape = [constant[id] ? 1 : volumes, ...graph.nodes[id].shape];
  return { shape, rank: shape.length } as tf.Tensor;
}

/**
 * What a node's row is given; of a stage, its first one. A value that was not kept is computed when the row says that it
 * reads it.
 */
export function backwardCall(
  network: Network,
  values: Values,
  id: NodeId,
  dy: tf.Tensor,
  wanted: readonly boolean[],
  rules: BackwardRules,
  stage: Stage | null = null,
): BackwardCall<OpId> {
  const { graph, weights, constant } = network;
  const node = graph.nodes[id] as NodeOf<OpId>;
  const reads = readsOf(graph.nodes[id]);
  const volumes = values[graph.scores]?.shape[0] ?? 1;
  const valueAt = (of: NodeId, isRead: boolean) =>
    values[of] ??
    (isRead && isKnown(network, values, of)
      ? nodeValue(network, values, of)
      : standIn(network, of, volumes));
  const slope = stage ? slopeBehind(network, stage) : 1;
  return {
    attributes: node.attributes,
    weights: stage ? stageWeights(network, stage) : weights[id],
    inputs: node.inputs.map((i) =>
      valueAt(i, reads === 'inputs' || reads === 'both' || constant[i]),
    ),
    output: valueAt(id, !stage && (reads === 'output' || reads === 'both')),
    dy,
    rectified: slope === 1 ? null : slope,
    wanted,
    constant: node.inputs.map((i) => constant[i]),
    ...rules,
  };
}

function sumOf(
  shares: ReadonlyMap<NodeId, Float64Array>,
  rows: number,
  counts: (id: NodeId) => boolean,
): Float64Array {
  const total = new Float64Array(rows);
  for (const [id, share] of shares) if (counts(id)) add(total, share);
  return total;
}

function add(total: Float64Array, share: ArrayLike<number>): void {
  for (let row = 0; row < total.length; row++) total[row] += share[row];
}

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}

function drop(pending: (tf.Tensor | null)[], id: NodeId): void {
  pending[id]?.dispose();
  pending[id] = null;
}
