import { type Conv3DInfo, forward, type Geometry, inputGradient, volume } from '../geometry.ts';
import { CONV_VOXELS, Volumes } from './assembly/layout.ts';
import { packedFilter } from './filter.ts';
import type { Filter } from './filters.ts';
import { volumeWords } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Fused end of a convolution: the address of the bias `[outChannels]`, 0 without one, and ReLU. */
export interface Epilogue {
  readonly bias: number;
  readonly relu: boolean;
}

/**
 * Up to so many input channels, and floats of a row, the taps are gathered into rows first (`assembly/patch.ts`): one
 * long product in place of many short ones.
 */
const FEW_CHANNELS = 8;
const LONGEST_ROW = 512;
/** Bytes of a filter that stay in the second cache while all voxels pass by. */
const GROUP_BYTES = 1 << 19;
/** With fewer blocks of voxels, the panels of a filter are spread over tasks, too. */
const FEWEST_TASKS = 16;

/**
 * `y = conv3d(x, filter)` for x `[batch, d, h, w, cin]`, filter `[kd, kh, kw, cin, cout]`, any stride,
 * padding and dilation; channels last. x and y are addresses.
 */
export function conv3d(
  runtime: KernelRuntime,
  x: number,
  filter: Filter,
  y: number,
  info: Conv3DInfo,
  epilogue: Epilogue,
): void {
  convolve(runtime, x, filter, y, forward(info), { ...epilogue, transpose: false });
}

/** `dx` of the same convolution from `dy [batch, outD, outH, outW, cout]`. */
export function conv3dInputGrad(
  runtime: KernelRuntime,
  dy: number,
  filter: Filter,
  dx: number,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { bias: 0, relu: false, transpose: true });
}

function convolve(
  runtime: KernelRuntime,
  input: number,
  filter: Filter,
  output: number,
  geometry: Geometry,
  { bias, relu, transpose }: Epilogue & { readonly transpose: boolean },
): void {
  const { batch, cin, cout } = geometry;
  const taps = volume(geometry.kernel);
  const pixels = volume(geometry.to);
  const panels = Math.ceil(cout / 8);
  const gathered =
    cin <= FEW_CHANNELS && taps * cin <= LONGEST_ROW && volume(geometry.divisor) === 1;
  const packed = packedFilter(runtime, filter, { taps, cin, cout, transpose });
  const parameters = volumeWords(geometry, {
    INPUT: input,
    OUTPUT: output,
    FILTER: packed,
    BIAS: bias,
    ZEROS: runtime.zeros(geometry.kernel[2] * cin),
    ACTIVATION: relu ? 1 : 0,
    SAMPLES: batch,
  });
  if (gathered) {
    const scratch = runtime.exports.patchScratchBytes(taps * cin, cout);
    for (let i = 0; i < batch; i++) {
      parameters[Volumes.INPUT] = input + i * volume(geometry.from) * cin * 4;
      parameters[Volumes.OUTPUT] = output + i * pixels * cout * 4;
      runtime.run('patchConv', parameters, Math.ceil(pixels / CONV_VOXELS), scratch);
    }
    return;
  }
  const blocks = Math.ceil((batch * pixels) / CONV_VOXELS);
  const group = panelsPerTask(panels, taps * cin * 32, blocks);
  parameters[Volumes.GROUP] = group;
  const scratch = runtime.exports.convScratchBytes(taps, cout);
  runtime.run('conv', parameters, blocks * Math.ceil(panels / group), scratch);
}

function panelsPerTask(panels: number, panelBytes: number, blocks: number): number {
  const cached = Math.floor(GROUP_BYTES / panelBytes);
  const spread = Math.floor((panels * blocks) / FEWEST_TASKS);
  return Math.max(1, Math.min(panels, cached, spread));
}
