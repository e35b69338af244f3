import { type Conv3DInfo, forward, type Geometry, inputGradient, volume } from '../geometry.ts';
import type { KernelRuntime } from './runtime.ts';

/** Fused end of a convolution: bias `[outChannels]` and ReLU. */
export interface Epilogue {
  readonly bias?: Float32Array;
  readonly relu: boolean;
}

const TASK_PIXELS = 48;
/** Up to this many input channels the taps are gathered into rows first (`assembly/patch.ts`). */
const FEW_CHANNELS = 4;
const PATCH_GRAD_PARTS = 8;

/**
 * `y = conv3d(x, filter)` for x `[batch, d, h, w, cin]`, filter `[kd, kh, kw, cin, cout]`, any stride,
 * padding and dilation; channels last.
 */
export function conv3d(
  runtime: KernelRuntime,
  x: Float32Array,
  filter: Float32Array,
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
  filter: Float32Array,
  dx: Float32Array,
  info: Conv3DInfo,
): void {
  convolve(runtime, dy, filter, dx, inputGradient(info), { relu: false, transpose: true });
}

function convolve(
  runtime: KernelRuntime,
  input: Float32Array,
  filter: Float32Array,
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
  runtime.reset();
  const raw = runtime.write(filter);
  const packed = runtime.allocate(panels * taps * cin * 32);
  runtime.exports.packFilter(raw, packed, taps, cin, cout, options.transpose ? 1 : 0);
  const zeros = runtime.allocate(cin * 4);
  runtime.floats(zeros, cin).fill(0);
  const bias = options.bias ? runtime.allocate(panels * 32) : 0;
  if (options.bias)
    runtime
      .floats(bias, panels * 8)
      .fill(0)
      .set(options.bias);
  const from = runtime.allocate(inSize * 4);
  const to = runtime.allocate(outSize * 4);
  const operand = { input: from, output: to, filter: packed, bias, zeros };
  const parameters = operands(geometry, { ...operand, relu: options.relu });
  const tasks = Math.ceil(pixels / TASK_PIXELS);
  const gathered = cin <= FEW_CHANNELS && volume(geometry.divisor) === 1;
  const scratch = gathered
    ? runtime.exports.patchScratchBytes(taps * cin, cout)
    : runtime.exports.convScratchBytes(taps);
  const mark = runtime.mark();
  for (let i = 0; i < batch; i++) {
    runtime.release(mark);
    runtime.floats(from, inSize).set(input.subarray(i * inSize, (i + 1) * inSize));
    runtime.run(gathered ? 'patchConv' : 'conv', parameters, tasks, scratch);
    output.set(runtime.floats(to, outSize), i * outSize);
  }
}

/** `dW [kd, kh, kw, cin, cout]` from x and dy, summed over the batch. */
export function conv3dFilterGrad(
  runtime: KernelRuntime,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
  info: Conv3DInfo,
): void {
  const { inChannels: cin, outChannels: cout, padInfo: pad } = info;
  if (cin <= FEW_CHANNELS && cout % 8 === 0) {
    patchFilterGrad(runtime, x, dy, dw, info);
    return;
  }
  const inSize = info.inDepth * info.inHeight * info.inWidth * cin;
  const outSize = info.outDepth * info.outHeight * info.outWidth * cout;
  const taps = info.filterDepth * info.filterHeight * info.filterWidth;
  runtime.reset();
  const result = runtime.allocate(dw.byteLength);
  runtime.floats(result, dw.length).fill(0);
  const from = runtime.allocate(inSize * 4);
  const gradient = runtime.allocate(outSize * 4);
  const parameters = [
    ...[from, gradient, result, cin, cout],
    ...[info.inDepth, info.inHeight, info.inWidth],
    ...[info.outDepth, info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[pad.front, pad.top, pad.left],
    ...[info.dilationDepth, info.dilationHeight, info.dilationWidth],
  ];
  for (let i = 0; i < info.batchSize; i++) {
    runtime.floats(from, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.floats(gradient, outSize).set(dy.subarray(i * outSize, (i + 1) * outSize));
    runtime.run('filterGrad', parameters, taps, 0);
  }
  dw.set(runtime.floats(result, dw.length));
}

function patchFilterGrad(
  runtime: KernelRuntime,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { batch, cin, cout } = pass;
  const inSize = volume(pass.from) * cin;
  const outSize = volume(pass.to) * cout;
  runtime.reset();
  const length = PATCH_GRAD_PARTS * dw.length;
  const sums = runtime.allocate(length * 4);
  runtime.floats(sums, length).fill(0);
  const from = runtime.allocate(inSize * 4);
  const gradient = runtime.allocate(outSize * 4);
  const parameters = operands(pass, { input: from, output: gradient, filter: sums });
  const scratch = runtime.exports.patchScratchBytes(volume(pass.kernel) * cin, cout);
  const mark = runtime.mark();
  for (let i = 0; i < batch; i++) {
    runtime.release(mark);
    runtime.floats(from, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.floats(gradient, outSize).set(dy.subarray(i * outSize, (i + 1) * outSize));
    runtime.run('patchFilterGrad', parameters, PATCH_GRAD_PARTS, scratch);
  }
  dw.fill(0);
  const parts = runtime.floats(sums, length);
  for (let at = 0; at < length; at++) dw[at % dw.length] += parts[at];
}

interface Operands {
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly bias?: number;
  readonly zeros?: number;
  readonly relu?: boolean;
}

/** Parameters of `conv`, `patchConv` and `patchFilterGrad`. */
function operands(g: Geometry, { input, output, filter, bias, zeros, relu }: Operands): number[] {
  return [
    ...[input, output, filter, bias ?? 0, zeros ?? 0, g.cin, g.cout, volume(g.to)],
    ...g.from,
    ...g.to.slice(1),
    ...g.kernel,
    ...g.scale,
    ...g.offset,
    ...g.step,
    ...g.divisor,
    relu ? 1 : 0,
  ];
}
