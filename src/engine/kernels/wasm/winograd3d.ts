import {
  type Conv3DInfo,
  forward,
  type Geometry,
  inputGradient,
  type Triple,
  volume,
} from '../geometry.ts';
import {
  Volumes,
  WINOGRAD_GRAD_TILES,
  WINOGRAD_GRAD_WORK,
  WINOGRAD_TILES,
  TILE_BYTES,
  TILE_ROWS,
} from './assembly/layout.ts';
import type { Epilogue } from './conv3d.ts';
import { transformedFilter } from './filter.ts';
import type { Filter } from './filters.ts';
import { volumeWords } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Tiles whose transforms are kept at a time for the filter gradient. */
const CHUNK_TILES = 256;
/**
 * What decides between the two ways, in products per pair of channels: the transform of a filter takes the time
 * of so many, and each product of the transformed domain with its share of the other transforms that of so many
 * direct ones. The filter gradient's transformed sums pass through memory once per block of tiles.
 */
const COSTS = {
  convolution: { filter: 800, product: 1.1 },
  filterGradient: { filter: 1600, product: 1.5 },
} as const;

/**
 * Whether a convolution may use Winograd's F(2x2x2, 3x3x3) (3x3x3 taps, stride 1, channels in eights) and gains
 * by it: small or odd volumes have half-empty tiles, and few voxels do not pay for transforming the filter. The
 * batch has no say, so that a sample's result does not depend on what comes with it.
 */
export function suitsWinograd(info: Conv3DInfo, task: keyof typeof COSTS): boolean {
  const { filterDepth, filterHeight, filterWidth, inChannels, outChannels } = info;
  const taps = filterDepth === 3 && filterHeight === 3 && filterWidth === 3;
  const unit =
    info.strideDepth * info.strideHeight * info.strideWidth === 1 &&
    info.dilationDepth * info.dilationHeight * info.dilationWidth === 1;
  const eights =
    inChannels % 8 === 0 && outChannels % 8 === 0 && Math.min(inChannels, outChannels) > 8;
  if (!taps || !unit || !eights) return false;
  const { filter, product } = COSTS[task];
  const { to } = forward(info);
  return product * 64 * whole(tiles(to)) + filter < 27 * whole(volume(to));
}

/** Rows of a product, filled up to whole register tiles. */
function whole(count: number): number {
  return Math.ceil(count / TILE_ROWS) * TILE_ROWS;
}

/** `y = conv3d(x, filter)` for the addresses x and y; {@link suitsWinograd} must hold. */
export function winogradConv3d(
  runtime: KernelRuntime,
  x: number,
  filter: Filter,
  y: number,
  info: Conv3DInfo,
  epilogue: Epilogue,
): void {
  convolve(runtime, x, filter, y, forward(info), epilogue, false);
}

/** `dx` of the same convolution: the convolution of dy with the turned, transposed filter. */
export function winogradInputGrad(
  runtime: KernelRuntime,
  dy: number,
  filter: Filter,
  dx: number,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { bias: 0, relu: false }, true);
}

function convolve(
  runtime: KernelRuntime,
  input: number,
  filter: Filter,
  output: number,
  pass: Geometry,
  { bias, relu }: Epilogue,
  backward: boolean,
): void {
  const { batch, cin, cout } = pass;
  // Turned taps reach as far the other way: the first of three lies two before the last.
  const [z, y, x] = pass.offset;
  const offset: Triple = backward ? [z - 2, y - 2, x - 2] : pass.offset;
  const transformed = transformedFilter(runtime, filter, { cin, cout, transpose: backward });
  const parameters = volumeWords(
    { ...pass, offset },
    {
      INPUT: input,
      OUTPUT: output,
      FILTER: transformed,
      BIAS: bias,
      ZEROS: runtime.zeros(cin),
      ACTIVATION: relu ? 1 : 0,
      SAMPLES: batch,
    },
  );
  const tasks = Math.ceil((batch * tiles(pass.to)) / WINOGRAD_TILES);
  runtime.run('winograd', parameters, tasks, runtime.exports.winogradScratchBytes(cin, cout));
}

/** `dW [3, 3, 3, cin, cout]`, summed over the batch in the transformed domain; x, dy and dw are addresses. */
export function winogradFilterGrad(
  runtime: KernelRuntime,
  x: number,
  dy: number,
  dw: number,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { cin, cout, batch } = pass;
  const all = batch * tiles(pass.to);
  const chunk = Math.min(CHUNK_TILES, all);
  const { exports } = runtime;
  const sums = runtime.zeros(64 * whole(cin) * cout);
  const parameters = volumeWords(pass, {
    INPUT: x,
    OUTPUT: dy,
    ZEROS: runtime.zeros(cin),
    V: runtime.allocate(exports.winogradGradTileBytes(chunk, cin)),
    Z: runtime.allocate(exports.winogradGradTileBytes(chunk, cout)),
    SUMS: sums,
    SAMPLES: batch,
  });
  const scratch = Math.max(exports.winogradGradScratchBytes(), TILE_BYTES);
  for (let first = 0; first < all; first += chunk) {
    const count = Math.min(chunk, all - first);
    parameters[Volumes.FIRST] = first;
    parameters[Volumes.COUNT] = count;
    runtime.run('winogradGradTiles', parameters, Math.ceil(count / WINOGRAD_GRAD_TILES), scratch);
    runtime.run('winogradGradProduct', parameters, 64, scratch);
  }
  exports.winogradGradFilter(sums, dw, cin, cout, runtime.allocate(WINOGRAD_GRAD_WORK));
}

function tiles([d, h, w]: Triple): number {
  return Math.ceil(d / 2) * Math.ceil(h / 2) * Math.ceil(w / 2);
}
