import { type Conv3DInfo, forward, type Geometry, inputGradient, volume } from '../geometry.ts';
import { CONV_VOXELS, Volumes } from './assembly/layout.ts';
import { packedFilter } from './filter.ts';
import type { Filter } from './filters.ts';
import { volumeWords } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Fused end of a convolution: bias `[outChannels]` and ReLU. */
export interface Epilogue {
  readonly bias?: Float32Array;
  readonly relu: boolean;
}

/**
 * Up to so many input channels, and floats of a row, the taps are gathered into rows first (`assembly/patch.ts`): one
 * long product in place of many short ones.
 */
const FEW_CHANNELS = 8;
const LONGEST_ROW = 512;
/** Floats of an operand of several small samples that are brought into the arena at a time (4 MiB). */
const CHUNK = 1 << 20;
/** Bytes of a filter that stay in the second cache while all voxels pass by. */
const GROUP_BYTES = 1 << 19;
/** With fewer blocks of voxels, the panels of a filter are spread over tasks, too. */
const FEWEST_TASKS = 16;

/**
 * `y = conv3d(x, filter)` for x `[batch, d, h, w, cin]`, filter `[kd, kh, kw, cin, cout]`, any stride,
 * padding and dilation; channels last.
 */
export function conv3d(
  runtime: KernelRuntime,
  x: Float32Array,
  filter: Filter,
  y: Float32Array,
  info: Conv3DInfo,
  epilogue: Epilogue,
): void {
  convolve(runtime, x, filter, y, forward(info), { ...epilogue, transpose: false });
}

/** `dx` of the same convolution from `dy [batch, outD, outH, outW, cout]`. */
export function conv3dInputGrad(
  runtime: KernelRuntime,
  dy: Float32Array,
  filter: Filter,
  dx: Float32Array,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { relu: false, transpose: true });
}

function convolve(
  runtime: KernelRuntime,
  input: Float32Array,
  filter: Filter,
  output: Float32Array,
  geometry: Geometry,
  options: Epilogue & { readonly transpose: boolean },
): void {
  const { batch, cin, cout } = geometry;
  const taps = volume(geometry.kernel);
  const inSize = volume(geometry.from) * cin;
  const pixels = volume(geometry.to);
  const outSize = pixels * cout;
  const panels = Math.ceil(cout / 8);
  const gathered =
    cin <= FEW_CHANNELS && taps * cin <= LONGEST_ROW && volume(geometry.divisor) === 1;
  const most = gathered ? 1 : samplesAtOnce(batch, inSize, outSize);
  const { transpose } = options;
  const packed = packedFilter(runtime, filter, { taps, cin, cout, transpose });
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const bias = options.bias ? runtime.allocate(panels * 32) : 0;
  if (options.bias)
    runtime
      .floats(bias, panels * 8)
      .fill(0)
      .set(options.bias);
  const from = runtime.allocate(most * inSize * 4);
  const to = runtime.allocate(most * outSize * 4);
  const parameters = volumeWords(geometry, {
    INPUT: from,
    OUTPUT: to,
    FILTER: packed,
    BIAS: bias,
    ZEROS: zeros,
    ACTIVATION: options.relu ? 1 : 0,
  });
  const scratch = gathered
    ? runtime.exports.patchScratchBytes(taps * cin, cout)
    : runtime.exports.convScratchBytes(taps, cout);
  const mark = runtime.mark();
  for (let first = 0; first < batch; first += most) {
    const samples = Math.min(most, batch - first);
    const blocks = Math.ceil((samples * pixels) / CONV_VOXELS);
    runtime.release(mark);
    const part = input.subarray(first * inSize, (first + samples) * inSize);
    runtime.floats(from, part.length).set(part);
    if (gathered) runtime.run('patchConv', parameters, blocks, scratch);
    else {
      const group = panelsPerTask(panels, taps * cin * 32, blocks);
      parameters[Volumes.SAMPLES] = samples;
      parameters[Volumes.GROUP] = group;
      runtime.run('conv', parameters, blocks * Math.ceil(panels / group), scratch);
    }
    output.set(runtime.floats(to, samples * outSize), first * outSize);
  }
}

/** Samples of `inSize` floats in and `outSize` out that pass through the arena together, in parts of one size. */
export function samplesAtOnce(batch: number, inSize: number, outSize: number): number {
  const most = Math.max(1, Math.floor(CHUNK / Math.max(inSize, outSize)));
  return Math.ceil(batch / Math.ceil(batch / most));
}

function panelsPerTask(panels: number, panelBytes: number, blocks: number): number {
  const cached = Math.floor(GROUP_BYTES / panelBytes);
  const spread = Math.floor((panels * blocks) / FEWEST_TASKS);
  return Math.max(1, Math.min(panels, cached, spread));
}
