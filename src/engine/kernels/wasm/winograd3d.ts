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
import { type Epilogue, samplesAtOnce } from './conv3d.ts';
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

/** `y = conv3d(x, filter)`; {@link suitsWinograd} must hold. */
export function winogradConv3d(
  runtime: KernelRuntime,
  x: Float32Array,
  filter: Filter,
  y: Float32Array,
  info: Conv3DInfo,
  epilogue: Epilogue,
): void {
  convolve(runtime, x, filter, y, forward(info), epilogue, false);
}

/** `dx` of the same convolution: the convolution of dy with the turned, transposed filter. */
export function winogradInputGrad(
  runtime: KernelRuntime,
  dy: Float32Array,
  filter: Filter,
  dx: Float32Array,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { relu: false }, true);
}

function convolve(
  runtime: KernelRuntime,
  input: Float32Array,
  filter: Filter,
  output: Float32Array,
  pass: Geometry,
  epilogue: Epilogue,
  backward: boolean,
): void {
  const { batch, cin, cout } = pass;
  const { exports } = runtime;
  // Turned taps reach as far the other way: the first of three lies two before the last.
  const [z, y, x] = pass.offset;
  const offset: Triple = backward ? [z - 2, y - 2, x - 2] : pass.offset;
  const inSize = volume(pass.from) * cin;
  const outSize = volume(pass.to) * cout;
  const most = samplesAtOnce(batch, inSize, outSize);
  const transformed = transformedFilter(runtime, filter, { cin, cout, transpose: backward });
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const bias = epilogue.bias ? runtime.write(epilogue.bias) : 0;
  const from = runtime.allocate(most * inSize * 4);
  const to = runtime.allocate(most * outSize * 4);
  const parameters = volumeWords(
    { ...pass, offset },
    {
      INPUT: from,
      OUTPUT: to,
      FILTER: transformed,
      BIAS: bias,
      ZEROS: zeros,
      ACTIVATION: epilogue.relu ? 1 : 0,
    },
  );
  const scratch = exports.winogradScratchBytes(cin, cout);
  const mark = runtime.mark();
  for (let first = 0; first < batch; first += most) {
    const samples = Math.min(most, batch - first);
    const tasks = Math.ceil((samples * tiles(pass.to)) / WINOGRAD_TILES);
    runtime.release(mark);
    const part = input.subarray(first * inSize, (first + samples) * inSize);
    runtime.floats(from, part.length).set(part);
    parameters[Volumes.SAMPLES] = samples;
    runtime.run('winograd', parameters, tasks, scratch);
    output.set(runtime.floats(to, samples * outSize), first * outSize);
  }
}

/** `dW [3, 3, 3, cin, cout]`, summed over the batch in the transformed domain. */
export function winogradFilterGrad(
  runtime: KernelRuntime,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { cin, cout } = pass;
  const inSize = volume(pass.from) * cin;
  const outSize = volume(pass.to) * cout;
  const { batch } = pass;
  const most = samplesAtOnce(batch, inSize, outSize);
  const chunk = Math.min(CHUNK_TILES, most * tiles(pass.to));
  runtime.reset();
  const length = 64 * whole(cin) * cout;
  const sums = runtime.allocate(length * 4);
  runtime.floats(sums, length).fill(0);
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const from = runtime.allocate(most * inSize * 4);
  const gradient = runtime.allocate(most * outSize * 4);
  const v = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cin));
  const z = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cout));
  const parameters = volumeWords(pass, {
    INPUT: from,
    OUTPUT: gradient,
    ZEROS: zeros,
    V: v,
    Z: z,
    SUMS: sums,
  });
  const scratch = runtime.exports.winogradGradScratchBytes();
  const mark = runtime.mark();
  for (let at = 0; at < batch; at += most) {
    const samples = Math.min(most, batch - at);
    const all = samples * tiles(pass.to);
    runtime.floats(from, samples * inSize).set(x.subarray(at * inSize, (at + samples) * inSize));
    runtime
      .floats(gradient, samples * outSize)
      .set(dy.subarray(at * outSize, (at + samples) * outSize));
    for (let first = 0; first < all; first += chunk) {
      const count = Math.min(chunk, all - first);
      parameters[Volumes.SAMPLES] = samples;
      parameters[Volumes.FIRST] = first;
      parameters[Volumes.COUNT] = count;
      runtime.release(mark);
      runtime.run('winogradGradTiles', parameters, Math.ceil(count / WINOGRAD_GRAD_TILES), scratch);
      runtime.run('winogradGradProduct', parameters, 64, TILE_BYTES);
    }
  }
  const result = runtime.allocate(dw.byteLength);
  runtime.exports.winogradGradFilter(sums, result, cin, cout, runtime.allocate(WINOGRAD_GRAD_WORK));
  dw.set(runtime.floats(result, dw.length));
}

function tiles([d, h, w]: Triple): number {
  return Math.ceil(d / 2) * Math.ceil(h / 2) * Math.ceil(w / 2);
}
