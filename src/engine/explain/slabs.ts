import { AppError } from '../../core/errors.ts';
import type { Graph, Step } from '../model/graph.ts';

/** Slices `[from, to)` along z. */
export type Range = readonly [from: number, to: number];

/** How a step meets the slices of its input: output `o` reads `[o * stride - before, … + window)`. */
interface Reach {
  readonly window: number;
  readonly stride: number;
  readonly same: boolean;
}

/** Values that a forward pass keeps where not all of them fit. */
export interface MemoryPlan {
  /** Steps `1 … chainEnd` run slab by slab and only the last one's value is kept; 0: all are kept. */
  readonly chainEnd: number;
  /** Slices of that value computed at a time. */
  readonly slices: number;
}

export const KEEP_ALL: MemoryPlan = { chainEnd: 0, slices: 0 };

export interface MemoryLimits {
  /** Bytes that activations and one class's gradients may take. */
  readonly total: number;
  /** Bytes of the largest value within a slab. */
  readonly slab: number;
  /** Bytes that one operation's input and output may take together. */
  readonly operation: number;
}

/** tfjs's wasm memory ends at 4 GiB with the weights in it, that of this project's kernels at 2 GiB. */
export const WASM_LIMITS: MemoryLimits = {
  total: 3 * 2 ** 30,
  slab: 192 * 2 ** 20,
  operation: 2 ** 31 - 2 ** 27,
};

const POINTWISE =
  /^(Activation|ReLU|LeakyReLU|ELU|ThresholdedReLU|PReLU|BatchNormalization(3D)?|Dropout|SpatialDropout3D|GaussianNoise|GaussianDropout|AlphaDropout|ActivityRegularization)$/;
const VIEWS = /^(Flatten|Reshape|Dropout|SpatialDropout3D|ActivityRegularization)$/;

interface Fields {
  readonly kernelSize: readonly number[];
  readonly dilationRate: number | readonly number[];
  readonly strides: readonly number[];
  readonly poolSize: readonly number[];
  readonly padding: string;
}

/** Undefined for a step that needs the whole volume at once. */
export function reachOf(step: Step): Reach | undefined {
  if (step.shape.length !== 4) return undefined;
  const kind = step.layer.getClassName();
  if (POINTWISE.test(kind)) return { window: 1, stride: 1, same: false };
  const { kernelSize, dilationRate, strides, poolSize, padding } = step.layer as unknown as Fields;
  const same = padding === 'same';
  if (kind === 'Conv3D') {
    const rate = typeof dilationRate === 'number' ? dilationRate : dilationRate[0];
    return { window: (kernelSize[0] - 1) * rate + 1, stride: strides[0], same };
  }
  if (kind === 'MaxPooling3D' || kind === 'AveragePooling3D') {
    return { window: poolSize[0], stride: strides[0], same };
  }
  return undefined;
}

function before({ window, stride, same }: Reach, size: number): number {
  const out = Math.ceil(size / stride);
  return same ? Math.floor(Math.max(0, (out - 1) * stride + window - size) / 2) : 0;
}

/**
 * The slices of the chain's input that its output slices `wanted` depend on, widened to whole strides.
 * `sizes[i]` is the depth of what step `i` of the chain reads.
 */
export function inputRange(
  reaches: readonly Reach[],
  sizes: readonly number[],
  wanted: Range,
): Range {
  let [from, to] = wanted;
  for (let i = reaches.length - 1; i >= 0; i--) {
    const { window, stride } = reaches[i];
    const pad = before(reaches[i], sizes[i]);
    from = Math.max(0, from * stride - pad);
    to = Math.min(sizes[i], (to - 1) * stride - pad + window);
  }
  const whole = reaches.reduce((product, { stride }) => product * stride, 1);
  return [Math.floor(from / whole) * whole, Math.min(sizes[0], Math.ceil(to / whole) * whole)];
}

/**
 * What one step makes of a slab: `at` are the slices of the whole volume that it gets, `clean` those
 * among them that are right (near a cut they are not, since the step pads there); returns the same for its
 * output, `count` slices. Undefined where the cut shifts the step's windows.
 */
export function throughStep(
  reach: Reach,
  size: number,
  count: number,
  { at, clean }: { at: Range; clean: Range },
): { at: Range; clean: Range } | undefined {
  const { window, stride } = reach;
  const pad = before(reach, size);
  const shift = (at[0] - before(reach, at[1] - at[0]) + pad) / stride;
  if (!Number.isInteger(shift)) return undefined;
  const good = (o: number) =>
    Math.max(0, o * stride - pad) >= clean[0] &&
    Math.min(size, o * stride - pad + window) <= clean[1];
  let from = shift;
  let to = shift + count;
  while (from < to && !good(from)) from++;
  while (to > from && !good(to - 1)) to--;
  return { at: [shift, shift + count], clean: [from, to] };
}

/** Decides what a forward pass keeps; throws a sentence where nothing fits. */
export function planMemory(graph: Graph, limits: MemoryLimits): MemoryPlan {
  const { steps } = graph;
  const bytes = steps.map(bytesOf);
  const need = (end: number) => {
    const kept = bytes.filter((_, i) => i === 0 || i >= end);
    const widest = Math.max(...bytes.slice(Math.max(1, end)));
    // The gradient of a step's output, that of its input, and what leads from one to the other.
    return kept.reduce((a, b) => a + b, 0) + 3 * widest;
  };
  const chain = chainLength(graph);
  let best = 0;
  for (let end = 0; end <= chain; end++) {
    if (need(end) < need(best)) best = end;
    if (need(best) <= limits.total) break;
  }
  if (need(best) > limits.total) throw tooLarge(steps, bytes, best, need(best), limits.total);
  for (const [index, { name, inputs, shape }] of steps.entries()) {
    if (index <= best || shape.length !== 4) continue;
    const both = bytes[index] + inputs.reduce((sum, input) => sum + bytes[input], 0);
    if (both > limits.operation) throw tooLarge(steps, bytes, index, both, limits.operation, name);
  }
  if (best < 2) return KEEP_ALL;
  const depth = steps[best].shape[0];
  const widest = Math.max(...bytes.slice(1, best + 1));
  return { chainEnd: best, slices: Math.max(1, Math.floor((depth * limits.slab) / widest)) };
}

/** Bytes of a step's value for one volume; 0 where it is only another view of its input. */
export function bytesOf({ shape, layer }: Step): number {
  return VIEWS.test(layer.getClassName()) ? 0 : shape.reduce((a, b) => a * b, 4);
}

/** Steps after the input that each read the one before alone, are read by the next alone, and can be cut. */
function chainLength({ steps, linearStep }: Graph): number {
  let length = 0;
  for (let index = 1; index < steps.length; index++) {
    const readers = steps.filter(({ inputs }) => inputs.includes(index - 1)).length;
    const single = steps[index].inputs.length === 1 && steps[index].inputs[0] === index - 1;
    if (!single || readers !== 1 || index === linearStep || !reachOf(steps[index])) break;
    length = index;
  }
  return length;
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function tooLarge(
  steps: readonly Step[],
  bytes: readonly number[],
  from: number,
  need: number,
  limit: number,
  layer?: string,
): AppError {
  const widest = bytes.indexOf(Math.max(...bytes.slice(Math.max(1, from))), Math.max(1, from));
  const { name, shape } = steps[steps.findIndex((step) => step.name === layer)] ?? steps[widest];
  const edge = Math.floor(Math.max(...steps[0].shape.slice(0, -1)) * Math.cbrt(limit / need));
  return new AppError(
    'unsupported',
    `layer ${name} (${shape.join(' x ')}) makes the computation need ${mebibytes(need)} of memory, more than the ${mebibytes(limit)} there are; accepted: this network for volumes of at most ${edge} voxels along each edge`,
  );
}

/** Throws a sentence when the value of a step was not kept. */
export function assertKept({ steps }: Graph, { chainEnd }: MemoryPlan, index: number): void {
  if (index >= chainEnd) return;
  const { name, shape } = steps[index];
  const others = steps.filter(({ shape: s }, i) => i >= chainEnd && s.length === 4);
  throw new AppError(
    'unsupported',
    `layer ${name} (${shape.join(' x ')}, ${mebibytes(bytesOf(steps[index]))}) is computed in parts and not kept, since all layers of a volume of ${steps[0].shape.slice(0, -1).join(' x ')} voxels do not fit in memory; accepted: ${others.map((step) => step.name).join(', ')}`,
  );
}
