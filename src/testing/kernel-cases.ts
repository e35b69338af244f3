import * as tf from '@tensorflow/tfjs-core';
import { FusedConv3D, hasFusedKernel, sumOfRows } from '../engine/kernels/fused-conv3d.ts';
import type { Shape5, Triple } from '../engine/kernels/geometry.ts';
import { reluGrad } from '../engine/kernels/relu-grad.ts';
import { picker } from './random.ts';
import { random } from './tensors.ts';

export type Pad = 'same' | 'valid';

/** A convolution to compare: name, x `[n, d, h, w, cin]`, window, output channels, strides, padding, dilations. */
export type ConvCase = readonly [
  name: string,
  shape: Shape5,
  kernel: Triple,
  cout: number,
  strides: Triple,
  pad: Pad,
  dilations: Triple,
];

const ONE: Triple = [1, 1, 1];

export const CONV_CASES: readonly ConvCase[] = [
  ['3x3x3 same', [1, 6, 7, 8, 3], [3, 3, 3], 5, ONE, 'same', ONE],
  ['one channel in', [2, 5, 5, 5, 1], [3, 3, 3], 9, ONE, 'same', ONE],
  ['one channel out', [1, 4, 5, 6, 7], [3, 3, 3], 1, ONE, 'same', ONE],
  ['full tiles', [1, 5, 5, 12, 16], [3, 3, 3], 32, ONE, 'valid', ONE],
  ['several channel blocks', [1, 2, 3, 11, 4], [2, 1, 3], 68, ONE, 'same', ONE],
  ['stride 2', [2, 7, 8, 9, 4], [3, 3, 3], 6, [2, 2, 2], 'same', ONE],
  ['stride 3, 2, 1, valid', [1, 10, 9, 8, 3], [4, 3, 2], 8, [3, 2, 1], 'valid', ONE],
  ['1x1x1', [1, 3, 4, 5, 12], [1, 1, 1], 10, ONE, 'same', ONE],
  ['even kernel', [1, 5, 6, 7, 2], [2, 4, 2], 3, ONE, 'same', ONE],
  ['kernel larger than the volume', [1, 2, 3, 2, 2], [5, 5, 5], 3, ONE, 'same', ONE],
  ['stride above the kernel', [1, 9, 9, 9, 2], [2, 2, 2], 3, [4, 4, 4], 'valid', ONE],
  ['7x7x7 stem, stride 2', [1, 9, 8, 9, 1], [7, 7, 7], 4, [2, 2, 2], 'same', ONE],
  ['dilated', [1, 9, 8, 10, 3], [3, 2, 3], 4, ONE, 'same', [2, 3, 1]],
  ['dilated, valid', [1, 9, 8, 10, 3], [3, 2, 3], 4, ONE, 'valid', [2, 3, 1]],
];

/** Small convolutions of every kind, the same for the same seed; strides or dilations are 1, as tfjs asks. */
export function randomCases(seed: number, count: number): ConvCase[] {
  const pick = picker(seed);
  const three = (to: number): Triple => [pick(1, to), pick(1, to), pick(1, to)];
  return Array.from({ length: count }, () => {
    const kernel = three(3);
    const stretched = pick(0, 2) === 0;
    const dilations = stretched ? three(3) : ONE;
    const pad: Pad = pick(0, 1) ? 'same' : 'valid';
    // With `same`, the stock twin reads shifted voxels along an axis whose stride is beyond the window.
    const fits = (stride: number, axis: number) =>
      pad === 'same' ? Math.min(stride, kernel[axis]) : stride;
    const strides = stretched ? ONE : (three(3).map(fits) as unknown as Triple);
    // `valid` needs room for the window.
    const size = (axis: number) =>
      pick(0, 6) + Math.max(3, pad === 'valid' ? (kernel[axis] - 1) * dilations[axis] + 1 : 1);
    const shape: Shape5 = [pick(1, 2), size(0), size(1), size(2), pick(1, 20)];
    const cout = pick(1, 20);
    const name = `${shape} * ${kernel} -> ${cout}, strides ${strides}, dilations ${dilations}, ${pad}`;
    return [name, shape, kernel, cout, strides, pad, dilations];
  });
}

/** y, dx and dW of one convolution. */
export function convolution([
  ,
  shape,
  kernel,
  cout,
  strides,
  pad,
  dilations,
]: ConvCase): tf.Tensor[] {
  const w = random([...kernel, shape[4], cout], 2) as tf.Tensor5D;
  return gradients(random(shape, 1) as tf.Tensor5D, w, strides, pad, dilations);
}

/** The same for a backend whose gradients know no dilation: with zeros between the taps. */
export function convolutionTwin(given: ConvCase): tf.Tensor[] {
  const [, shape, kernel, cout, strides, pad, dilations] = given;
  if (dilations.every((rate) => rate === 1)) return convolution(given);
  const w = random([...kernel, shape[4], cout], 2) as tf.Tensor5D;
  const [y, dx, dw] = gradients(
    random(shape, 1) as tf.Tensor5D,
    spread(w, dilations),
    strides,
    pad,
    ONE,
  );
  return [y, dx, tf.stridedSlice(dw, [0, 0, 0, 0, 0], dw.shape, [...dilations, 1, 1])];
}

function gradients(
  x: tf.Tensor5D,
  w: tf.Tensor5D,
  strides: Triple,
  pad: Pad,
  dilations: Triple,
): tf.Tensor[] {
  const y = tf.conv3d(x, w, [...strides], pad, 'NDHWC', [...dilations]);
  const attributes = { strides: [...strides], pad, dilations: [...dilations] };
  return [y, ...convGradients(x, w, random(y.shape, 7), attributes)];
}

/** The filter with `rate - 1` zeros between its taps along each axis. */
function spread(filter: tf.Tensor5D, rates: Triple): tf.Tensor5D {
  const [d, h, w, cin, cout] = filter.shape;
  const size = [d, h, w].map((taps, axis) => (taps - 1) * rates[axis] + 1);
  const buffer = tf.buffer([...size, cin, cout]);
  const values = filter.bufferSync();
  for (let z = 0; z < d; z++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let i = 0; i < cin; i++)
          for (let o = 0; o < cout; o++)
            buffer.set(values.get(z, y, x, i, o), z * rates[0], y * rates[1], x * rates[2], i, o);
  return buffer.toTensor() as tf.Tensor5D;
}

/** Gradients of a convolution for x and the filter, by the kernels of the current backend. */
export function convGradients(
  x: tf.Tensor,
  filter: tf.Tensor,
  dy: tf.Tensor,
  attributes: { readonly strides: number[]; readonly pad: Pad; readonly dilations: number[] },
): [dx: tf.Tensor, dw: tf.Tensor] {
  const run = (name: string, inputs: tf.NamedTensorMap, shape: object) =>
    tf.engine().runKernel(name, inputs, { ...attributes, ...shape }) as tf.Tensor;
  return [
    run(tf.Conv3DBackpropInputV2, { dy, filter }, { inputShape: x.shape }),
    run(tf.Conv3DBackpropFilterV2, { x, dy }, { filterShape: filter.shape }),
  ];
}

/** Gradient of a 3D pooling with the value y for its input x, by the kernel of the current backend. */
export function poolGradient(
  kind: 'max' | 'avg',
  x: tf.Tensor,
  y: tf.Tensor,
  dy: tf.Tensor,
  attributes: {
    readonly filterSize: number | number[];
    readonly strides: number | number[];
    readonly pad: Pad;
  },
): tf.Tensor {
  const name = kind === 'max' ? tf.MaxPool3DGrad : tf.AvgPool3DGrad;
  return tf.engine().runKernel(name, { dy, input: x, output: y }, attributes);
}

/** `relu?(conv3d(x, filter) + bias)`, by one kernel where there is one, and the gradients of its operands. */
export function fusedLayer(
  activation: 'relu' | 'linear',
  cin: number,
  filters: number,
): tf.Tensor[] {
  const relu = activation === 'relu';
  const operands = [
    random([2, 5, 6, 4, cin], 5),
    random([3, 3, 3, cin, filters], 6),
    random([filters], 8),
  ];
  const run = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
    const strides = [1, 1, 1];
    const attributes = { strides, pad: 'same', dilations: strides, relu };
    if (hasFusedKernel())
      return tf.engine().runKernel(FusedConv3D, { x, filter, bias }, attributes) as tf.Tensor;
    const y = tf.add(tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, 1, 'same'), bias);
    return relu ? tf.relu(y) : y;
  };
  const [x, filter, bias] = operands;
  const y = run(x, filter, bias);
  const dy = random([2, 5, 6, 4, filters], 9);
  const slope = relu ? reluGrad(dy, y) : dy;
  const one = [1, 1, 1];
  const gradients = convGradients(x, filter, slope, { strides: one, pad: 'same', dilations: one });
  return [y, ...gradients, sumOfRows(tf.reshape(slope, [-1, filters]))];
}

/** A pooling to compare: name, x, window, stride, padding. */
export type PoolCase = readonly [string, Shape5, number, number, Pad];

export const POOL_CASES: readonly PoolCase[] = [
  ['2/2', [2, 6, 6, 6, 9], 2, 2, 'valid'],
  ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
  ['overlapping 3/2', [1, 9, 8, 7, 5], 3, 2, 'same'],
  ['overlapping 3/1', [1, 5, 5, 5, 8], 3, 1, 'valid'],
  ['stride above the window', [1, 9, 8, 9, 2], 2, 3, 'valid'],
];

/** Max pooling and its gradient. */
export function maxPooling([, shape, size, stride, pad]: PoolCase): tf.Tensor[] {
  const x = random(shape, 40);
  const y = tf.maxPool3d(x as tf.Tensor5D, size, stride, pad);
  const attributes = { filterSize: size, strides: stride, pad };
  return [y, poolGradient('max', x, y, random(y.shape, 41), attributes)];
}

/** `a x b` and `relu(a x b + bias)`, a `[m, k]` and b `[k, n]` before they are transposed in memory. */
export function products(
  m: number,
  n: number,
  k: number,
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor[] {
  const a = random(transposeA ? [k, m] : [m, k], 20);
  const b = random(transposeB ? [n, k] : [k, n], 21);
  const bias = random([n], 22);
  return [
    tf.matMul(a, b, transposeA, transposeB),
    tf.fused.matMul({ a, b, bias, transposeA, transposeB, activation: 'relu' }),
  ] as tf.Tensor[];
}

/** What the fast products leave to tfjs: batches, other activations. */
export function otherProducts(): tf.Tensor[] {
  const fused = tf.fused.matMul({
    a: random([4, 5], 32) as tf.Tensor2D,
    b: random([5, 6], 33) as tf.Tensor2D,
    activation: 'sigmoid',
  });
  return [tf.matMul(random([3, 4, 5], 30), random([3, 5, 6], 31)), fused] as tf.Tensor[];
}

/**
 * Largest difference between the filter gradient of `sum conv3d(x, w)^2` and its finite differences, per
 * `1 + |gradient|`. The loss is quadratic in each weight, so that central differences are exact but for
 * rounding.
 */
export async function finiteDifferenceError(backend: string): Promise<number> {
  await tf.setBackend(backend);
  const x = random([1, 4, 4, 4, 2], 11) as tf.Tensor5D;
  const w = random([3, 3, 3, 2, 3], 12);
  const loss = (filter: tf.Tensor) =>
    tf.sum(tf.square(tf.conv3d(x, filter as tf.Tensor5D, 1, 'same')));
  const one = [1, 1, 1];
  const gradient = tf.tidy(() => {
    const y = tf.conv3d(x, w as tf.Tensor5D, 1, 'same');
    const attributes = { strides: one, pad: 'same', dilations: one } as const;
    return convGradients(x, w, tf.mul(y, 2), attributes)[1];
  });
  const analytic = await gradient.data();
  const values = (await w.data()).slice() as Float32Array;
  let worst = 0;
  for (const at of [0, 17, 80, 161]) {
    const shifted: number[] = [];
    for (const step of [1e-1, -1e-1]) {
      const moved = values.slice();
      moved[at] += step;
      const value = tf.tidy(() => loss(tf.tensor(moved, w.shape)));
      shifted.push((await value.data())[0]);
      value.dispose();
    }
    const numeric = (shifted[0] - shifted[1]) / 2e-1;
    worst = Math.max(worst, Math.abs(numeric - analytic[at]) / (1 + Math.abs(analytic[at])));
  }
  tf.dispose([x, w, gradient]);
  return worst;
}
