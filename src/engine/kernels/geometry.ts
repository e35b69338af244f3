import { backend_util } from '@tensorflow/tfjs-core';

export type Triple = readonly [number, number, number];
export type Shape5 = [number, number, number, number, number];
export type Conv3DInfo = backend_util.Conv3DInfo;
/** Voxels before and after the volume along each axis; negative ones cut off. */
export type PadList = readonly (readonly [before: number, after: number])[];

/**
 * How one volume `[batch, d, h, w, cin]` maps into another `[batch, d, h, w, cout]` under a filter.
 * Per axis, output voxel `o` and filter tap `k` meet the input voxel
 * `(o * scale + offset + k * step) / divisor` where that is a whole number inside the volume.
 */
export interface Geometry {
  readonly batch: number;
  readonly cin: number;
  readonly cout: number;
  readonly from: Triple;
  readonly to: Triple;
  readonly kernel: Triple;
  readonly scale: Triple;
  readonly offset: Triple;
  readonly step: Triple;
  readonly divisor: Triple;
}

/** Attributes of tfjs's 3D convolution kernels; `dilations` is absent from its gradients' own. */
export interface ConvAttributes {
  readonly strides: [number, number, number] | number;
  /** A list is taken by this project's kernels alone. */
  readonly pad: 'valid' | 'same' | PadList;
  readonly dilations?: [number, number, number] | number;
  readonly inputShape?: Shape5;
  readonly filterShape?: Shape5;
  readonly relu?: boolean;
}

export function convInfo(xShape: number[], filterShape: number[], attrs: unknown): Conv3DInfo {
  const { strides, pad, dilations } = attrs as ConvAttributes;
  const infoOf = (shape: number[], how: 'valid' | 'same') =>
    backend_util.computeConv3DInfo(
      shape as Shape5,
      filterShape as Shape5,
      strides,
      dilations ?? 1,
      how,
    );
  if (typeof pad === 'string') return withoutNegativePadding(infoOf(xShape, pad));
  const sides = [[0, 0], ...pad, [0, 0]];
  const padded = xShape.map((n, axis) => n + sides[axis][0] + sides[axis][1]);
  const [front, top, left] = pad.map(([before]) => before);
  const [back, bottom, right] = pad.map(([, after]) => after);
  const [, inDepth, inHeight, inWidth] = xShape;
  return {
    ...infoOf(padded, 'valid'),
    ...{ inShape: xShape as Shape5, inDepth, inHeight, inWidth },
    padInfo: { front, back, top, bottom, left, right, type: 'EXPLICIT' },
  };
}

/** tfjs's rule for `same` in 3D lacks TensorFlow's `max(0, …)`: with strides beyond the window it shifts. */
function withoutNegativePadding(info: Conv3DInfo): Conv3DInfo {
  const { front, top, left, back, bottom, right } = info.padInfo;
  const padInfo = {
    ...info.padInfo,
    front: Math.max(0, front),
    top: Math.max(0, top),
    left: Math.max(0, left),
    back: Math.max(0, back),
    bottom: Math.max(0, bottom),
    right: Math.max(0, right),
  };
  return { ...info, padInfo };
}

/**
 * Whether `same` padding comes out as no padding: true for shortcuts of 1x1x1 with strides, where it means
 * the same as `valid`.
 */
export function padsNothing(info: Conv3DInfo): boolean {
  const { front, top, left, back, bottom, right } = info.padInfo;
  return Math.max(front, top, left, back, bottom, right) <= 0;
}

export function poolInfo(shape: number[], attrs: unknown): Conv3DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: [number, number, number] | number;
    strides: [number, number, number] | number;
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return withoutNegativePadding(
    backend_util.computePool3DInfo(shape as Shape5, filterSize, strides, 1, pad, dimRoundingMode),
  );
}

/** Max pooling of `[batch, height, width, channels]` as that of volumes one voxel deep. */
export function maxPool2dGeometry(shape: number[], attrs: unknown): Geometry {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    batch: info.batchSize,
    cin: info.inChannels,
    cout: info.outChannels,
    from: [1, info.inHeight, info.inWidth],
    to: [1, info.outHeight, info.outWidth],
    kernel: [1, info.filterHeight, info.filterWidth],
    scale: [1, info.strideHeight, info.strideWidth],
    offset: [0, -Math.max(0, info.padInfo.top), -Math.max(0, info.padInfo.left)],
    step: [1, 1, 1],
    divisor: [1, 1, 1],
  };
}

/** `y = conv3d(x, filter)`: from x's grid to y's. */
export function forward(info: Conv3DInfo): Geometry {
  const { front, top, left } = info.padInfo;
  return {
    batch: info.batchSize,
    cin: info.inChannels,
    cout: info.outChannels,
    from: [info.inDepth, info.inHeight, info.inWidth],
    to: [info.outDepth, info.outHeight, info.outWidth],
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    scale: [info.strideDepth, info.strideHeight, info.strideWidth],
    offset: [-front, -top, -left],
    step: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    divisor: [1, 1, 1],
  };
}

/** The input gradient as a convolution from dy's grid to x's, with the filter's channels exchanged. */
export function inputGradient(info: Conv3DInfo): Geometry {
  const there = forward(info);
  const negative = ([d, h, w]: Triple): Triple => [0 - d, 0 - h, 0 - w];
  return {
    ...there,
    cin: there.cout,
    cout: there.cin,
    from: there.to,
    to: there.from,
    scale: [1, 1, 1],
    offset: negative(there.offset),
    step: negative(there.step),
    divisor: there.scale,
  };
}

/** `a [m, k] * b [k, n]` as a convolution of one row of m voxels with a filter of one tap. */
export function product(m: number, k: number, n: number): Geometry {
  const one: Triple = [1, 1, 1];
  return {
    batch: 1,
    cin: k,
    cout: n,
    from: [1, 1, m],
    to: [1, 1, m],
    kernel: one,
    scale: one,
    offset: [0, 0, 0],
    step: one,
    divisor: one,
  };
}

export function volume(sizes: Triple): number {
  return sizes[0] * sizes[1] * sizes[2];
}

/** Multiply-adds that the convolution takes at most, padding counted. */
export function multiplyAdds(g: Geometry): number {
  return g.batch * volume(g.to) * volume(g.kernel) * g.cin * g.cout;
}
