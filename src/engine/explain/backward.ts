import type { OpId } from '../graph/operators.ts';
import type { NodeId, NodeOf } from '../graph/types.ts';
import type { BackwardCall, BackwardRules, InputGradients } from '../ops/op.ts';
import { dotRows } from '../ops/rows.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';
import { type Values, valuesOf } from './forward.ts';
import { named, type Network } from './network.ts';
import type { TaskYielder } from './yielder.ts';

/** What is differentiated: the gradient of each row's score for the nodes that it is made of, `[rows, …node]`. */
export type Seeds = ReadonlyMap<NodeId, tf.Tensor>;

/** What of each row's score does not come through a node. */
export interface Shares {
  /** Of the biases that are added to what depends on the node. */
  readonly bias: Float64Array;
  /** Of those on paths around the node. */
  readonly aside: Float64Array;
  /** Of the input, on paths around the node. */
  readonly bypass: Float64Array;
}

export interface BackwardOptions {
  readonly rules: BackwardRules;
  readonly yielder: TaskYielder;
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
 * A target with paths around it is walked past once more, down to the input (or the first value that was kept).
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
    const { biasOf, rows } = await walk(network, values, seeds, {
      ...options,
      leads,
      meet: [targets, meet],
    });
    for (const target of targets) {
      const behind = leadsTo(network, new Set([target]));
      const none = new Float64Array(rows);
      if (hasBypass(network, target)) {
        const all = network.constant.map((constant) => !constant);
        const around = { ...options, leads: all, fixed: target };
        const { biasOf: own, input } = await walk(network, values, seeds, around);
        const bias = sumOf(own, rows, (id) => behind[id]);
        const aside = sumOf(own, rows, (id) => !behind[id]);
        shares.set(target, { bias, aside, bypass: input });
        continue;
      }
      const bias = sumOf(biasOf, rows, (id) => id !== target && behind[id]);
      shares.set(target, { bias, aside: none, bypass: none });
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
}

async function walk(
  network: Network,
  values: Values,
  seeds: Seeds,
  { leads, fixed, meet, rules, yielder }: WalkOptions,
): Promise<Walked> {
  const { graph, constant, heads } = network;
  const pending: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  const biasOf = new Map<NodeId, Float64Array>();
  let rows = 0;
  for (const [id, seed] of seeds) {
    pending[id] = seed.clone();
    rows = seed.shape[0];
  }
  const input = new Float64Array(rows);
  try {
    for (let id = pending.length - 1; id >= 0; id--) {
      const dy = pending[id];
      if (!dy) continue;
      await yielder.pause();
      if (meet?.[0].has(id)) await meet[1](id, dy);
      if (id !== fixed) {
        const node = graph.nodes[id] as NodeOf<OpId>;
        const wanted = node.inputs.map((i) => leads[i] && !constant[i]);
        const known = node.inputs.every((i) => values[i] || heads.has(i));
        if (node.op === 'input' || (fixed !== undefined && !known)) {
          const value = values[id];
          if (value && fixed !== undefined)
            add(input, await read(tf.tidy(() => dotRows(dy, value))));
        } else if (wanted.includes(true) || (fixed !== undefined && !constant[id])) {
          const found = stepBack(network, values, id, dy, wanted, rules, pending);
          if (found.bias) biasOf.set(id, Float64Array.from(await read(found.bias)));
          for (const [i, sum] of found.sums.entries()) {
            if (!sum) continue;
            drop(pending, i);
            pending[i] = sum;
          }
        }
      }
      drop(pending, id);
    }
    return { rows, biasOf, input };
  } finally {
    for (let id = 0; id < pending.length; id++) drop(pending, id);
  }
}

/** What one node passes on: the gradients of its inputs added to those that are pending, and its bias share. */
function stepBack(
  network: Network,
  values: Values,
  id: NodeId,
  dy: tf.Tensor,
  wanted: readonly boolean[],
  rules: BackwardRules,
  pending: readonly (tf.Tensor | null)[],
): { sums: (tf.Tensor | null)[]; bias: tf.Tensor | undefined } {
  const node = network.graph.nodes[id] as NodeOf<OpId>;
  return named(node, () => {
    const result = tf.tidy((): tf.TensorContainer => {
      const call = backwardCall(network, values, id, dy, wanted, rules);
      const op = opOf(node);
      const gradients: InputGradients = wanted.includes(true) ? op.vjp(call) : [];
      const sums: (tf.Tensor | null)[] = [];
      for (const [i, from] of node.inputs.entries()) {
        const dx = gradients[i];
        if (!wanted[i] || !dx) continue;
        const before = sums[from] ?? pending[from];
        sums[from] = before ? tf.add(before, dx) : dx;
      }
      const bias = op.bias?.(call) ?? null;
      return {
        sums: Array.from(sums, (sum) => sum ?? null),
        bias,
      } as unknown as tf.TensorContainer;
    }) as unknown as { sums: (tf.Tensor | null)[]; bias: tf.Tensor | null };
    return { sums: result.sums, bias: result.bias ?? undefined };
  });
}

/** What a node's row is given. */
export function backwardCall(
  { graph, weights, constant }: Network,
  values: Values,
  id: NodeId,
  dy: tf.Tensor,
  wanted: readonly boolean[],
  rules: BackwardRules,
): BackwardCall<OpId> {
  const node = graph.nodes[id] as NodeOf<OpId>;
  return {
    attributes: node.attributes,
    weights: weights[id],
    inputs: valuesOf(values, node.inputs),
    output: values[id] as tf.Tensor,
    dy,
    wanted,
    constant: node.inputs.map((i) => constant[i]),
    ...rules,
  };
}

/** For each node, whether one of `targets` is among it and its ancestors. */
function leadsTo({ graph }: Network, targets: ReadonlySet<NodeId>): boolean[] {
  const leads: boolean[] = [];
  for (const [id, { inputs }] of graph.nodes.entries())
    leads.push(targets.has(id) || inputs.some((input) => leads[input]));
  return leads;
}

/** Whether a normalisation that looks at its input lies between a node and the scores. */
export function isNormalised({ graph }: Pick<Network, 'graph'>, target: NodeId): boolean {
  const behind: boolean[] = [];
  const normalised: boolean[] = [];
  for (const [id, node] of graph.nodes.entries()) {
    behind.push(id === target || node.inputs.some((input) => behind[input]));
    const own = id !== target && behind[id] && opOf<OpId>(node).scaleFree === true;
    normalised.push(own || (id !== target && node.inputs.some((input) => normalised[input])));
  }
  return normalised[graph.scores];
}

/** Whether an input reaches the scores on a path that does not go through `target`. */
export function hasBypass({ graph }: Pick<Network, 'graph'>, target: NodeId): boolean {
  const reached: boolean[] = [];
  for (const [id, { op, inputs }] of graph.nodes.entries())
    reached.push(id !== target && (op === 'input' || inputs.some((input) => reached[input])));
  return reached[graph.scores];
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
