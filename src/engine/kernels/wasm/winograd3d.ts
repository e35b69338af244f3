import {
  type Conv3DInfo,
  forward,
  type Geometry,
  inputGradient,
  type Triple,
  volume,
} from '../geometry.ts';
import type { Epilogue } from './conv3d.ts';
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
  filter: Float32Array,
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
  filter: Float32Array,
  dx: Float32Array,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { relu: false }, true);
}

function convolve(
  runtime: KernelRuntime,
  input: Float32Array,
  filter: Float32Array,
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
  runtime.reset();
  const raw = runtime.write(filter);
  const packed = runtime.allocate(27 * cin * cout * 4);
  const transformed = runtime.allocate(64 * cin * cout * 4);
  const turn = backward ? 1 : 0;
  exports.packFilter(raw, packed, 27, cin, cout, turn);
  exports.winogradFilter(packed, transformed, cin, cout, turn, runtime.allocate(WORK_BYTES));
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const bias = epilogue.bias ? runtime.write(epilogue.bias) : 0;
  const from = runtime.allocate(inSize * 4);
  const to = runtime.allocate(outSize * 4);
  const parameters = [
    ...[from, to, transformed, bias, zeros, cin, cout],
    ...pass.from,
    ...pass.to,
    ...offset,
    epilogue.relu ? 1 : 0,
  ];
  const tasks = Math.ceil(tiles(pass.to) / TASK_TILES);
  const scratch = exports.winogradScratchBytes(cin, cout);
  const mark = runtime.mark();
  for (let i = 0; i < batch; i++) {
    runtime.release(mark);
    runtime.floats(from, inSize).set(input.subarray(i * inSize, (i + 1) * inSize));
    runtime.run('winograd', parameters, tasks, scratch);
    output.set(runtime.floats(to, outSize), i * outSize);
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
  const all = tiles(pass.to);
  const chunk = Math.min(CHUNK_TILES, all);
  runtime.reset();
  const sums = runtime.allocate(64 * cin * cout * 4);
  runtime.floats(sums, 64 * cin * cout).fill(0);
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const from = runtime.allocate(inSize * 4);
  const gradient = runtime.allocate(outSize * 4);
  const v = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cin));
  const z = runtime.allocate(runtime.exports.winogradGradTileBytes(chunk, cout));
  const scratch = runtime.exports.winogradGradScratchBytes();
  const mark = runtime.mark();
  for (let i = 0; i < info.batchSize; i++) {
    runtime.floats(from, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.floats(gradient, outSize).set(dy.subarray(i * outSize, (i + 1) * outSize));
    for (let first = 0; first < all; first += chunk) {
      const count = Math.min(chunk, all - first);
      const parameters = [
        ...[from, gradient, 0, 0, zeros, cin, cout],
        ...pass.from,
        ...pass.to,
        ...pass.offset,
        ...[0, v, z, sums, first, count],
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
