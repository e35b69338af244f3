import type { Conv3DInfo as Pool3DInfo } from '../geometry.ts';
import type { KernelRuntime } from './runtime.ts';

const SLABS = 8;

/** Max pooling of x `[batch, d, h, w, c]` into y. */
export function maxPool3d(
  runtime: KernelRuntime,
  x: Float32Array,
  y: Float32Array,
  info: Pool3DInfo,
): void {
  const { inSize, outSize } = sizes(info);
  runtime.reset();
  const input = runtime.allocate(inSize * 4);
  const output = runtime.allocate(outSize * 4);
  const slabs = Math.min(SLABS, info.outDepth);
  const parameters = [input, output, 0, ...geometry(info), slabs];
  const mark = runtime.mark();
  for (let i = 0; i < info.batchSize; i++) {
    runtime.release(mark);
    runtime.floats(input, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.run('maxPool', parameters, slabs, windowBytes(info));
    y.set(runtime.floats(output, outSize), i * outSize);
  }
}

/** Gradient of the same pooling from `dy` and the pooled input `x`; one winner per window. */
export function maxPool3dGrad(
  runtime: KernelRuntime,
  dy: Float32Array,
  x: Float32Array,
  dx: Float32Array,
  info: Pool3DInfo,
): void {
  const { inSize, outSize } = sizes(info);
  runtime.reset();
  const input = runtime.allocate(inSize * 4);
  const output = runtime.allocate(outSize * 4);
  const gradient = runtime.allocate(inSize * 4);
  // Windows that overlap along z may share a winner, so their slices must not run side by side.
  const apart = info.strideDepth >= (info.filterDepth - 1) * info.dilationDepth + 1;
  const slabs = apart ? Math.min(SLABS, info.outDepth) : 1;
  const parameters = [input, output, gradient, ...geometry(info), slabs];
  const mark = runtime.mark();
  for (let i = 0; i < info.batchSize; i++) {
    runtime.release(mark);
    runtime.floats(input, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.floats(output, outSize).set(dy.subarray(i * outSize, (i + 1) * outSize));
    const target = runtime.floats(gradient, inSize).fill(0);
    runtime.run('maxPoolGrad', parameters, slabs, windowBytes(info));
    dx.set(target, i * inSize);
  }
}

function sizes(info: Pool3DInfo): { inSize: number; outSize: number } {
  return {
    inSize: info.inDepth * info.inHeight * info.inWidth * info.inChannels,
    outSize: info.outDepth * info.outHeight * info.outWidth * info.inChannels,
  };
}

function geometry(info: Pool3DInfo): number[] {
  const { padInfo: pad } = info;
  return [
    info.inChannels,
    ...[info.inDepth, info.inHeight, info.inWidth],
    ...[info.outDepth, info.outHeight, info.outWidth],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[pad.front, pad.top, pad.left],
    ...[info.dilationDepth, info.dilationHeight, info.dilationWidth],
  ];
}

function windowBytes(info: Pool3DInfo): number {
  return info.filterDepth * info.filterHeight * info.filterWidth * 4;
}
