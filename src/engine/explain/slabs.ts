import { DeviceFailure } from '../backends/failure.ts';
import type { MemoryLimits } from '../backends/types.ts';
import type { NodeId, ScoreGraph } from '../graph/types.ts';
import type { Reach } from '../ops/op.ts';
import { keptSize, passingNodes, type Planned, reachOf, readsOf, readsOfStage } from './network.ts';

/** Slices `[from, to)` along z. */
export type Range = readonly [from: number, to: number];

/** Values that a forward pass keeps where not all of them fit. */
export interface MemoryPlan {
  /** Stages `1 … chainEnd` run slab by slab and only the last one's value is kept; 0: all are kept. */
  readonly chainEnd: number;
  /** Slices of that value computed at a time. */
  readonly slices: number;
  /** Whether values that are cheap to compute are computed once more on the way back, in place of being kept. */
  readonly thin: boolean;
  /** Nodes whose values are kept in any case, since they are asked for. */
  readonly asked: readonly NodeId[];
}

export const KEEP_ALL: MemoryPlan = { chainEnd: 0, slices: 0, thin: false, asked: [] };

/**
 * The slices of the chain's input that its output slices `wanted` depend on, widened to whole strides.
 * `sizes[i]` is the depth of what stage `i` of the chain reads.
 */
export function inputRange(
  reaches: readonly Reach[],
  sizes: readonly number[],
  wanted: Range,
): Range {
  let [from, to] = wanted;
  for (let i = reaches.length - 1; i >= 0; i--) {
    const { window, stride, before } = reaches[i];
    from = Math.max(0, from * stride - before);
    to = Math.min(sizes[i], (to - 1) * stride - before + window);
  }
  const whole = reaches.reduce((product, { stride }) => product * stride, 1);
  return [Math.floor(from / whole) * whole, Math.min(sizes[0], Math.ceil(to / whole) * whole)];
}

/**
 * What one stage makes of a slab: `at` are the slices of the whole volume that it gets, `clean` those
 * among them that are right (near a cut they are not, since the stage pads there); returns the same for its
 * output, `count` slices. Undefined where the cut shifts the step's windows.
 */
export function throughStep(
  reach: Reach,
  size: number,
  count: number,
  { at, clean }: { at: Range; clean: Range },
): { at: Range; clean: Range } | undefined {
  const { window, stride, before } = reach;
  const shift = at[0] / stride;
  if (!Number.isInteger(shift)) return undefined;
  const good = (o: number) =>
    Math.max(0, o * stride - before) >= clean[0] &&
    Math.min(size, o * stride - before + window) <= clean[1];
  let from = shift;
  let to = shift + count;
  while (from < to && !good(from)) from++;
  while (to > from && !good(to - 1)) to--;
  return { at: [shift, shift + count], clean: [from, to] };
}

/** A part of a chain's output and the slices of its input that it is computed from. */
export interface Slab {
  readonly wanted: Range;
  readonly at: Range;
}

/**
 * Parts a chain's output of `depth` slices into slabs of `slices`. Where the strides allow, all of them
 * read as many slices of the input, so that each finds the buffers of the one before.
 */
export function partIntoSlabs(
  reaches: readonly Reach[],
  sizes: readonly number[],
  depth: number,
  slices: number,
): Slab[] {
  const slabs: Slab[] = [];
  for (let from = 0; from < depth; from += slices) {
    const wanted: Range = [from, Math.min(depth, from + slices)];
    slabs.push({ wanted, at: inputRange(reaches, sizes, wanted) });
  }
  const whole = reaches.reduce((product, { stride }) => product * stride, 1);
  const length = Math.max(...slabs.map(({ at }) => at[1] - at[0]));
  if ((sizes[0] - length) % whole !== 0) return slabs;
  return slabs.map(({ wanted, at }) => {
    const start = Math.min(at[0], sizes[0] - length);
    return { wanted, at: [start, start + length] };
  });
}

/**
 * Decides what a forward pass keeps for the way back and, where there is room, of the layers `asked`.
 *
 * @throws DeviceFailure `limit` where nothing fits, with the size that would
 */
export function planMemory(
  network: Planned,
  limits?: MemoryLimits,
  asked: readonly NodeId[] = [],
): MemoryPlan {
  if (!limits) return { ...KEEP_ALL, asked };
  const steps = stepsOf(network);
  const bytes = steps.map((step) => step.bytes);
  const plan = fittingPlan(network, steps, limits);
  for (const [index, { inputs, shape }] of steps.entries()) {
    if (index <= plan.chainEnd || shape.length !== 4) continue;
    const both = bytes[index] + inputs.reduce((sum, input) => sum + bytes[input], 0);
    if (both > limits.operation) throw tooLarge(steps, index, both, limits.operation);
  }
  if (plan.chainEnd > 1)
    return { ...plan, slices: slabSlices(network, steps, plan.chainEnd, limits) };
  const more = steps.map((step) => ({
    ...step,
    passes: step.passes && !asked.includes(step.node),
  }));
  const roomy = Math.max(forwardPeak(more, 0), backwardPeak(more, 0)) <= limits.total;
  return { ...plan, chainEnd: 0, asked: roomy ? asked : [] };
}

function fittingPlan(network: Planned, steps: readonly Step[], limits: MemoryLimits): MemoryPlan {
  const { total, tensor } = limits;
  const bytes = steps.map((step) => step.bytes);
  const kept = (end: number) => bytes.filter((_, i) => i === 0 || i >= end);
  const need = (end: number) => Math.max(forwardPeak(steps, end), backwardPeak(steps, end));
  const ends = Array.from({ length: chainLength(network) + 1 }, (_, end) => end);
  const inMemory = ends.filter((end) => need(end) <= total);
  const best = inMemory.find((end) => Math.max(...kept(end)) <= tensor);
  if (best !== undefined) return { ...KEEP_ALL, chainEnd: best };
  const thin = stepsOf(network, true);
  const least = Math.max(forwardPeak(thin, 0), backwardPeak(thin, 0));
  if (least <= total && Math.max(...bytes) <= tensor) return { ...KEEP_ALL, thin: true };
  const end = inMemory.at(-1);
  if (end === undefined) {
    const smallest = ends.reduce((a, b) => (need(b) < need(a) ? b : a));
    const lowest = Math.min(least, need(smallest));
    throw tooLarge(steps, widest(bytes, least < need(smallest) ? 0 : smallest), lowest, total);
  }
  const index = bytes[0] > tensor ? 0 : widest(bytes, end);
  throw tooLong(steps, index, bytes[index], tensor);
}

/** Most bytes at a time in a forward pass that keeps the value of stage `end` and those behind it. */
function forwardPeak(steps: readonly Step[], end: number): number {
  const lastReader = steps.map((_, index) => index);
  for (const [index, { inputs }] of steps.entries())
    for (const input of inputs) lastReader[input] = index;
  let live = end > 0 ? steps[0].bytes : 0;
  let peak = 0;
  for (let index = end; index < steps.length; index++) {
    const { bytes, inputs } = steps[index];
    live += bytes;
    // Beside the value, what it is made of: sums before a bias is added, or a padded input.
    peak = Math.max(peak, live + bytes);
    for (const input of new Set(inputs))
      if (steps[input].passes && lastReader[input] === index) live -= steps[input].bytes;
  }
  return peak;
}

/** Most bytes at a time in a walk back from the last stage to stage `end`, the kept values included. */
function backwardPeak(steps: readonly Step[], end: number): number {
  let kept = end > 0 ? steps[0].bytes : 0;
  for (const { bytes, passes } of steps.slice(end)) if (!passes) kept += bytes;
  const waiting = new Map([[steps.length - 1, steps[steps.length - 1].bytes]]);
  let gradients = steps[steps.length - 1].bytes;
  let peak = 0;
  for (let index = steps.length - 1; index > end; index--) {
    const own = waiting.get(index);
    if (own === undefined) continue;
    const { bytes, inputs, sums } = steps[index];
    // The gradient of a sum is that of each term: it is there once, as long as the first of them needs it.
    const first = Math.min(...inputs);
    const madeOf = (input: number) => (sums && input !== first ? 0 : steps[input].bytes);
    // Where several gradients meet, their sum is there beside both.
    const met = inputs.filter((input) => waiting.has(input));
    const made = [...(sums ? [] : inputs), ...met].reduce((sum, i) => sum + steps[i].bytes, 0);
    // Values that passed are there once more: those that the way back reads, and where paths meet the share of each is
    // the product with its gradient.
    const { top, held } = again(steps, steps[index].readsInputs ? inputs : []);
    const value = steps[index].readsOutput ? peakAgain(steps, index) : 0;
    const shares = inputs.length > 1 ? inputs.map((input) => peakAgain(steps, input)) : [];
    const beside = Math.max(bytes + held, top, value, ...shares);
    peak = Math.max(peak, kept + gradients + made + beside);
    for (const input of inputs) {
      const before = waiting.get(input);
      const after = before === undefined ? madeOf(input) : steps[input].bytes;
      gradients += after - (before ?? 0);
      waiting.set(input, after);
    }
    gradients -= own;
  }
  return peak;
}

/** Most bytes at a time while values that passed are computed once more, one after the other, and those held then. */
function again(steps: readonly Step[], indices: readonly number[]) {
  let [top, held] = [0, 0];
  for (const index of indices) {
    if (!steps[index].passes) continue;
    top = Math.max(top, held + peakAgain(steps, index));
    held += steps[index].bytes;
  }
  return { top, held };
}

/** The same of one value, which is held in the end. */
function peakAgain(steps: readonly Step[], index: number): number {
  const { passes, inputs, bytes } = steps[index];
  if (!passes) return 0;
  const { top, held } = again(steps, inputs);
  return Math.max(top, held + bytes);
}

/** The plan of a pass that keeps its output alone: where all values do not fit together, they come and go. */
export function forwardPlan(network: Planned, limits?: MemoryLimits): MemoryPlan {
  try {
    return planMemory(network, limits);
  } catch (error) {
    if (error instanceof DeviceFailure && error.kind === 'limit') return KEEP_ALL;
    throw error;
  }
}

/** A stage as the planner sees it; `inputs` are stages. */
interface Step {
  readonly node: NodeId;
  readonly name: string;
  readonly shape: readonly number[];
  readonly inputs: readonly number[];
  readonly bytes: number;
  /** See `Network.passing`. */
  readonly passes: boolean;
  /** See `Op.reads`. */
  readonly readsInputs: boolean;
  readonly readsOutput: boolean;
  /** Whether it is a sum of its inputs. */
  readonly sums: boolean;
}

function stepsOf({ graph, stages }: Planned, thin = false): Step[] {
  const passing = passingNodes({ graph, stages }, thin);
  const byNode = new Map(stages.map(({ node }, index) => [node, index]));
  return stages.map((stage) => {
    const { node, inputs } = stage;
    const { name, op, shape } = graph.nodes[node];
    const bytes = bytesOf(graph, node);
    const from = inputs.map((input) => byNode.get(input) as number);
    const sums = op === 'arithmetic' && readsOf(graph.nodes[node]) === 'nothing';
    const reads = readsOfStage(graph, stage);
    return {
      ...{ node, name, shape, inputs: from, bytes, sums, passes: passing.has(node) },
      ...{ readsInputs: reads.inputs, readsOutput: reads.output },
    };
  });
}

/** As many slices of the chain's output at a time as let every value of a slab be within the limits. */
function slabSlices(
  { graph, stages }: Planned,
  steps: readonly Step[],
  end: number,
  limits: MemoryLimits,
): number {
  const chain = steps.slice(1, end + 1);
  const reaches = stages.slice(1, end + 1).map((stage) => reachOf(graph, stage) as Reach);
  const sizes = steps.slice(0, end).map(({ shape }) => shape[0]);
  const [depth] = steps[end].shape;
  const largest = Math.max(...chain.map(({ bytes }) => bytes));
  let slices = Math.max(1, Math.floor((depth * limits.slab) / largest));
  for (; ; slices--) {
    const [{ at }] = partIntoSlabs(reaches, sizes, depth, slices);
    // Around a slab are the slices that the stages behind it reach into.
    const around = Math.ceil(largest * ((at[1] - at[0]) / sizes[0]));
    if (around <= limits.tensor) return slices;
    if (slices === 1) {
      const bytes = steps.map((step) => step.bytes);
      throw tooLong(steps, widest(bytes, 1), around, limits.tensor);
    }
  }
}

/** Index of the largest value from stage `from` on, the input left out. */
function widest(bytes: readonly number[], from: number): number {
  const first = Math.max(1, from);
  return bytes.indexOf(Math.max(...bytes.slice(first)), first);
}

/** Bytes of a node's value; none where it is its input in another shape. */
export function bytesOf({ nodes }: ScoreGraph, id: NodeId): number {
  return keptSize(nodes[id]) * 4;
}

/** Stages after the input that each read the one before alone, are read by the next alone, and can be cut. */
function chainLength({ graph, stages }: Planned): number {
  let length = 0;
  for (let index = 1; index < stages.length; index++) {
    const before = stages[index - 1].node;
    const { inputs, node } = stages[index];
    const readers = stages.filter((stage) => stage.inputs.includes(before)).length;
    const single = inputs.length === 1 && inputs[0] === before;
    if (!single || readers !== 1 || node === graph.scores) break;
    if (!reachOf(graph, stages[index])) break;
    length = index;
  }
  return length;
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function tooLarge(
  steps: readonly Step[],
  layer: number,
  need: number,
  limit: number,
): DeviceFailure {
  const { name, shape } = steps[layer];
  return new DeviceFailure(
    'limit',
    `Layer ${name} (${shape.join(' x ')}) makes the computation need ${mebibytes(need)} of memory, more than the ${mebibytes(limit)} there are; accepted: ${smaller(steps, limit / need)}.`,
  );
}

function tooLong(
  steps: readonly Step[],
  layer: number,
  need: number,
  limit: number,
): DeviceFailure {
  const { name, shape } = steps[layer];
  return new DeviceFailure(
    'limit',
    `Layer ${name} (${shape.join(' x ')}) takes ${mebibytes(need)} at a time, more than the ${mebibytes(limit)} that this graphics device gives a shader; accepted: ${smaller(steps, limit / need)}, or backend wasm.`,
  );
}

function smaller(steps: readonly Step[], share: number): string {
  const edges = steps
    .filter(({ shape }) => shape.length === steps[0].shape.length)
    .map(({ shape }) => Math.max(...shape.slice(0, -1)));
  const most = Math.floor(edges[0] * Math.cbrt(share));
  // Edges are a multiple of what the network halves them by.
  const factor = edges[0] / Math.min(...edges);
  const edge = Number.isInteger(factor) && factor <= most ? most - (most % factor) : most;
  return `this network for volumes of at most ${edge} voxels along each edge`;
}

/** @throws DeviceFailure `limit` when the value of a node was not kept; another backend may keep it */
export function assertKept(network: Planned, { chainEnd }: MemoryPlan, id: NodeId): void {
  const { graph, stages } = network;
  if (id >= stages[chainEnd].node) return;
  const { name, shape } = graph.nodes[id];
  const others = stages
    .slice(chainEnd)
    .map(({ node }) => graph.nodes[node])
    .filter((node) => node.shape.length === 4);
  throw new DeviceFailure(
    'limit',
    `Layer ${name} (${shape.join(' x ')}, ${mebibytes(bytesOf(graph, id))}) is computed in parts and not kept, since all layers of a volume of ${graph.nodes[graph.inputs[0]].shape.slice(0, -1).join(' x ')} voxels do not fit in memory; accepted: ${others.map((node) => node.name).join(', ')}.`,
  );
}
