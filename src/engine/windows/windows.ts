import { aborted, AppError, badInput } from '../../core/errors.ts';
import {
  isLocal,
  normalisedPart,
  planWindows,
  type Scene,
  windowCount,
  type WindowGrid,
  windowStart,
  windowStats,
} from '../../core/picking/index.ts';
import { boxText, type Shape3 } from '../../core/volume/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import { keptSize } from '../explain/network.ts';
import { type LoadedModel, mainView } from '../loaded.ts';
import type { SharingRequest, TaskOptions, WindowScores, WindowsRequest } from '../types.ts';
import type { Made } from './run.ts';
import { type Shared, sharedPart } from './shared.ts';
import { cutWindow, keepTile, planSharedTiles } from './tiles.ts';

/** What the engine computes for it, between other questions. */
export interface WindowRunner {
  shared(part: Shared, tile: Float32Array, shape: Shape3): Promise<Made>;
  rest(part: Shared, elements: Float32Array, count: number): Promise<Made>;
}

/** Numbers of the largest value of a tile: 64 MB. */
const MOST_NUMBERS = 2 ** 24;
/** Windows that go through the rest of the network together. */
const TOGETHER = 256;
/** Bytes of the shared part's value for a whole volume. */
const MOST_BYTES = 2 * 2 ** 30;

/** Why the windows of a network cannot share their convolutions; null where they can. */
export function whyApart(
  loaded: LoadedModel,
  { normalization, stride }: Omit<SharingRequest, 'model'>,
): string | null {
  const part = sharedPart(mainView(loaded).network.graph);
  if (!part)
    return 'the network has no convolutional part that is the same everywhere, with one value behind it';
  if (!isLocal(normalization)) return `the normalisation ${normalization} needs each window whole`;
  const fits = part.stride.every((own) => stride % own === 0 || own % stride === 0);
  if (fits) return null;
  return `a stride of ${stride} voxels is no multiple or divisor of the network's own of ${part.stride[0]}`;
}

/**
 * The scores of windows all over a volume, of which the convolutions are computed once instead of for each window.
 * Where a network pads inside its window, scores differ somewhat from those of the windows by themselves: they are for
 * finding candidates.
 *
 * @throws AppError `bad-input` for a network that gives no scores of classes, or cannot share
 */
export async function scoreWindows(
  loaded: LoadedModel,
  request: WindowsRequest,
  run: WindowRunner,
  { signal, onProgress }: TaskOptions,
): Promise<Omit<WindowScores, 'backend'>> {
  const begin = performance.now();
  const { info, opened } = loaded;
  const { input, shape, stride } = request;
  checkClassifier(loaded, request);
  const reason = whyApart(loaded, request);
  if (reason !== null)
    throw badInput(`${opened.label}: its windows cannot share their convolutions: ${reason}`);
  const part = sharedPart(mainView(loaded).network.graph) as Shared;
  const size: Shape3 = [info.inputShape[0], info.inputShape[1], info.inputShape[2]];
  const grid = planWindows(shape, size, stride);
  const scene: Scene = {
    ...{ data: input, shape, grid, normalization: request.normalization },
    stats: windowStats(input, shape, grid),
  };
  const classes = info.classes.length;
  const scores = Array.from({ length: classes }, () => new Float32Array(windowCount(grid)));
  const phases = phasesOf(grid, part);
  const progress = (stage: string, done: number, of: number, phase: number) => {
    if (signal?.aborted) throw aborted();
    onProgress?.({ stage, fraction: (phase + done / of) / phases.length });
  };
  let conv = 0;
  let rest = 0;
  for (const [index, phase] of phases.entries()) {
    const from = performance.now();
    const features = await featuresOf(loaded, scene, part, phase, run, (done, of) =>
      progress('Running the convolutions', done / 2, of, index),
    );
    const between = performance.now();
    await restOf(features, grid, part, phase, run, scores, (done, of) =>
      progress('Scoring the windows', of / 2 + done / 2, of, index),
    );
    conv += between - from;
    rest += performance.now() - between;
  }
  return {
    grid,
    scores,
    timing: { convolutions: conv, rest, total: performance.now() - begin },
  };
}

function checkClassifier({ info, opened }: LoadedModel, { input, shape }: WindowsRequest): void {
  const { inputShape, outputs } = info;
  if (inputShape.length !== 4 || inputShape[3] !== 1 || outputs[0].shape.length !== 1) {
    throw badInput(
      `${opened.label}: its input has shape [${inputShape.join(', ')}] and its output [${outputs[0].shape.join(', ')}]; accepted: a network of volumes of one channel that scores classes`,
    );
  }
  if (input.length !== shape[0] * shape[1] * shape[2])
    throw badInput(`the input holds ${input.length} values; its shape is ${boxText(shape)}`);
}

/** Windows whose starts differ by whole elements of the shared part. */
interface Phase {
  /** Window that comes first, z, y, x. */
  readonly first: Shape3;
  /** Windows from one to the next, along each axis. */
  readonly every: Shape3;
  readonly count: Shape3;
  /** Elements from one window to the next. */
  readonly step: Shape3;
}

function phasesOf({ shape, stride }: WindowGrid, part: Shared): Phase[] {
  const three = (of: (axis: number) => number): Shape3 => [of(0), of(1), of(2)];
  const every = three((axis) => Math.max(1, part.stride[axis] / stride));
  const step = three((axis) => Math.max(1, stride / part.stride[axis]));
  const phases: Phase[] = [];
  for (let z = 0; z < Math.min(every[0], shape[0]); z++)
    for (let y = 0; y < Math.min(every[1], shape[1]); y++)
      for (let x = 0; x < Math.min(every[2], shape[2]); x++) {
        const first: Shape3 = [z, y, x];
        const count = three((axis) => Math.ceil((shape[axis] - first[axis]) / every[axis]));
        phases.push({ first, every, count, step });
      }
  return phases;
}

interface Features {
  readonly data: Float32Array;
  /** `[z, y, x]` elements. */
  readonly shape: Shape3;
}

/** The shared part's value for all windows of a phase. */
async function featuresOf(
  loaded: LoadedModel,
  scene: Scene,
  part: Shared,
  { first, count, step }: Phase,
  run: WindowRunner,
  progress: (done: number, of: number) => void,
): Promise<Features> {
  const { grid } = scene;
  const { channels, size, stride } = part;
  const three = (of: (axis: number) => number): Shape3 => [of(0), of(1), of(2)];
  const elements = three((axis) => size[axis] + (count[axis] - 1) * step[axis]);
  const total = elements[0] * elements[1] * elements[2] * channels;
  if (4 * total > MOST_BYTES) {
    throw new AppError(
      'unsupported',
      `${loaded.opened.label}: the convolutions' value takes ${Math.ceil((4 * total) / 2 ** 30)} GiB for a volume of ${boxText(scene.shape)}; accepted: a part of the volume, or larger voxels`,
    );
  }
  const { graph } = mainView(loaded).network;
  const window = graph.nodes[graph.inputs[0]].shape.reduce((a, b) => a * b, 1);
  const largest = Math.max(...graph.nodes.filter((_, id) => part.inside[id]).map(keptSize));
  const plan = planSharedTiles(part, elements, largest / window, MOST_NUMBERS);
  const data = new Float32Array(total);
  const origin = three((axis) => grid.first[axis] + first[axis] * grid.stride);
  const [tz, ty, tx] = plan.tiles;
  let done = 0;
  for (let z = 0; z < tz; z++)
    for (let y = 0; y < ty; y++)
      for (let x = 0; x < tx; x++) {
        progress(done++, tz * ty * tx);
        const tile: Shape3 = [z, y, x];
        const start = three(
          (axis) =>
            origin[axis] + (tile[axis] * plan.kept[axis] - plan.margin[axis]) * stride[axis],
        );
        const values = normalisedPart(scene, start, plan.voxels);
        const made = await run.shared(part, values, plan.voxels);
        const [, mz, my, mx] = made.shape;
        keepTile(plan, tile, made.data, [mz, my, mx], data, channels);
      }
  return { data, shape: elements };
}

/** The scores of all windows of a phase. */
async function restOf(
  features: Features,
  { shape }: WindowGrid,
  part: Shared,
  { first, every, count, step }: Phase,
  run: WindowRunner,
  scores: readonly Float32Array[],
  progress: (done: number, of: number) => void,
): Promise<void> {
  const { size, channels } = part;
  const per = size[0] * size[1] * size[2] * channels;
  const total = count[0] * count[1] * count[2];
  const batch = new Float32Array(per * Math.min(TOGETHER, total));
  const order = { shape: count, first: [0, 0, 0] as Shape3, stride: 1, size: count };
  for (let from = 0; from < total; from += TOGETHER) {
    progress(from, total);
    const n = Math.min(TOGETHER, total - from);
    const at = Array.from({ length: n }, (_, i) => windowStart(order, from + i));
    for (const [i, [z, y, x]] of at.entries()) {
      const start: Shape3 = [z * step[0], y * step[1], x * step[2]];
      cutWindow(features.data, features.shape, start, size, channels, batch, i * per);
    }
    // A last batch that is not full is filled up with what was there, so that shapes stay the same.
    const { data } = await run.rest(part, batch, batch.length / per);
    for (const [i, [z, y, x]] of at.entries()) {
      const to =
        ((first[0] + z * every[0]) * shape[1] + first[1] + y * every[1]) * shape[2] +
        first[2] +
        x * every[2];
      for (const [c, of] of scores.entries()) {
        const value = data[i * scores.length + c];
        if (!Number.isFinite(value))
          throw new DeviceFailure('numbers', 'The network gives values that are no numbers.');
        of[to] = value;
      }
    }
  }
}
