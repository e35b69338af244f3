import {
  type Conv3DInfo,
  forward,
  type Geometry,
  inputGradient,
  type Triple,
  volume,
} from '../geometry.ts';
import { type Epilogue, samplesAtOnce } from './conv3d.ts';
import { transformedFilter } from './filter.ts';
import type { Filter } from './filters.ts';
import type { KernelRuntime } from './runtime.ts';

const TASK_TILES = 12;
const GRAD_TASK_TILES = 8;
/** Tiles whose transforms are kept at a time for the filter gradient. */
const CHUNK_TILES = 256;
const WORK_BYTES = 2560;
/** Tiles of a batch from which on the transformed filter pays. */
const FEWEST_TILES = 16;

/**
 * Whether a convolution may use Winograd's F(2x2x2, 3x3x3): 3x3x3 taps, stride 1, channels in eights, and
 * neither so small or odd a volume that half-empty tiles eat the gain, nor so few tiles that transforming the
 * filter does.
 */
export function suitsWinograd(info: Conv3DInfo): boolean {
  const { filterDepth, filterHeight, filterWidth, inChannels, outChannels } = info;
  const taps = filterDepth === 3 && filterHeight === 3 && filterWidth === 3;
  const unit =
    info.strideDepth * info.strideHeight * info.strideWidth === 1 &&
    info.dilationDepth * info.dilationHeight * info.dilationWidth === 1;
  const eights =
    inChannels % 8 === 0 && outChannels % 8 === 0 && Math.min(inChannels, outChannels) > 8;
  const sizes = [info.outDepth, info.outHeight, info.outWidth];
  const filled = sizes.reduce((share, size) => share * (size / (2 * Math.ceil(size / 2))), 1);
  const all = info.batchSize * tiles([info.outDepth, info.outHeight, info.outWidth]);
  return taps && unit && eights && filled > 0.6 && all >= FEWEST_TILES;
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
  const offset = backward ? pass.offset.map((o) => o - 2) : pass.offset;
  const inSize = volume(pass.from) * cin;
  const outSize = volume(pass.to) * cout;
  const most = samplesAtOnce(batch, inSize, outSize);
  const transformed = transformedFilter(runtime, filter, { cin, cout, transpose: backward });
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const bias = epilogue.bias ? runtime.write(epilogue.bias) : 0;
  const from = runtime.allocate(most * inSize * 4);
  const to = runtime.allocate(most * outSize * 4);
  const parameters = [
    ...[from, to, transformed, bias, zeros, cin, cout],
    ...pass.from,
    ...pass.to,
    ...offset,
    epilogue.relu ? 1 : 0,
  ];
  const scratch = exports.winogradScratchBytes(cin, cout);
  const mark = runtime.mark();
  for (let first = 0; first < batch; first += most) {
    const samples = Math.min(most, batch - first);
    const tasks = Math.ceil((samples * tiles(pass.to)) / TASK_TILES);
    runtime.release(mark);
    const part = input.subarray(first * inSize, (first + samples) * inSize);
    runtime.floats(from, part.length).set(part);
    runtime.run('winograd', [...parameters, samples], tasks, scratch);
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
  const sums = runtime.allocate(64 * cin * cout * 4);
  runtime.floats(sums, 64 * cin * cout).fill(0);
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const from = runtime.allocate(most * inSize * 4);
  const gradient = runtime.allocate(most * outSize * 4);
  const v = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cin));
  const z = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cout));
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
      const parameters = [
        ...[from, gradient, 0, 0, zeros, cin, cout],
        ...pass.from,
        ...pass.to,
        ...pass.offset,
        ...[0, samples, v, z, sums, first, count],
      ];
      runtime.release(mark);
      runtime.run('winogradGradTiles', parameters, Math.ceil(count / GRAD_TASK_TILES), scratch);
      runtime.run('winogradGradProduct', parameters, 64, 0);
    }
  }
  const result = runtime.allocate(dw.byteLength);
  runtime.exports.winogradGradFilter(sums, result, cin * cout, runtime.allocate(WORK_BYTES));
  dw.set(runtime.floats(result, dw.length));
}

function tiles([d, h, w]: Triple): number {
  return Math.ceil(d / 2) * Math.ceil(h / 2) * Math.ceil(w / 2);
}
