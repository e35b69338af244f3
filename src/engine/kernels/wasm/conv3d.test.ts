import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conv3DInfo, convInfo } from '../geometry.ts';
import { noise } from '../../../testing/random.ts';
import type { ConvCase } from '../../../testing/kernel-cases.ts';
import { difference } from '../../../testing/tensors.ts';
import { conv3d, conv3dInputGrad } from './conv3d.ts';
import { conv3dFilterGrad } from './filter-grad.ts';
import type { KernelRuntime } from './runtime.ts';
import { startRuntime } from './testing.ts';
import { winogradConv3d, winogradFilterGrad, winogradInputGrad } from './winograd3d.ts';

const ONE = [1, 1, 1] as const;
const DIRECT = { run: conv3d, inputGrad: conv3dInputGrad, filterGrad: conv3dFilterGrad };
const WINOGRAD = {
  run: winogradConv3d,
  inputGrad: winogradInputGrad,
  filterGrad: winogradFilterGrad,
};

/** Batches whose filter gradient is made of all samples together or, above 4 MiB, in parts. */
const CASES: readonly [...ConvCase, typeof DIRECT][] = [
  ['2^3, many channels', [5, 2, 2, 2, 200], [3, 3, 3], 136, ONE, 'same', ONE, DIRECT],
  ['3^3, stride 2', [7, 3, 3, 3, 48], [3, 3, 3], 76, [2, 2, 2], 'same', ONE, DIRECT],
  ['1x1x1, stride 2', [6, 4, 4, 4, 20], [1, 1, 1], 40, [2, 2, 2], 'same', ONE, DIRECT],
  ['dilated', [4, 5, 4, 6, 11], [3, 2, 3], 13, ONE, 'same', [2, 1, 2], DIRECT],
  ['a stem', [3, 9, 10, 11, 1], [7, 7, 7], 16, [2, 2, 2], 'same', ONE, DIRECT],
  ['in parts', [3, 20, 20, 20, 64], [3, 3, 3], 24, [2, 2, 2], 'same', ONE, DIRECT],
  ['Winograd, 3^3', [7, 3, 3, 3, 72], [3, 3, 3], 40, ONE, 'same', ONE, WINOGRAD],
  ['Winograd, odd', [4, 5, 7, 6, 16], [3, 3, 3], 24, ONE, 'same', ONE, WINOGRAD],
  ['Winograd, in parts', [3, 20, 20, 20, 64], [3, 3, 3], 16, ONE, 'same', ONE, WINOGRAD],
];

describe.each(CASES)('%s', (_, shape, kernel, cout, strides, pad, dilations, kernels) => {
  const whole = convInfo(shape, [...kernel, shape[4], cout], { strides, pad, dilations });
  const x = noise(size(whole.inShape), 1);
  const dy = noise(size(whole.outShape), 2);
  const values = noise(kernel[0] * kernel[1] * kernel[2] * shape[4] * cout, 3);
  const bias = noise(cout, 4);
  let runtimes: KernelRuntime[];

  /** y, dx and dW of some samples of the batch. */
  const compute = (runtime: KernelRuntime, first: number, samples: number, key: object) => {
    const info = { ...whole, batchSize: samples };
    const part = (all: Float32Array) => {
      const one = all.length / whole.batchSize;
      return all.subarray(first * one, (first + samples) * one);
    };
    const place = (given: Float32Array) => {
      const at = runtime.allocate(given.byteLength);
      runtime.floats(at, given.length).set(given);
      return at;
    };
    return runtime.operate(() => {
      const [from, gradient] = [place(part(x)), place(part(dy))];
      const filter = { at: place(values), key, alive: () => true };
      const [y, dx, dw] = [part(dy), part(x), values].map((like) => place(like.map(() => 0)));
      kernels.run(runtime, from, filter, y, info, { bias: place(bias), relu: true });
      kernels.inputGrad(runtime, gradient, filter, dx, info);
      kernels.filterGrad(runtime, from, gradient, dw, info);
      const result = (at: number, { length }: Float32Array) => runtime.floats(at, length).slice();
      return { y: result(y, part(dy)), dx: result(dx, part(x)), dw: result(dw, values) };
    });
  };

  beforeAll(async () => {
    runtimes = [];
    for (const threads of [1, 2, 3]) runtimes.push((await startRuntime(threads)).runtime);
  });
  afterAll(() => {
    for (const runtime of runtimes) runtime.dispose();
  });

  it('gives the same bits on one, two and three threads', () => {
    const [one, ...others] = runtimes.map((runtime) => compute(runtime, 0, whole.batchSize, {}));
    for (const other of others) expect(same(one, other)).toBe(true);
  });

  it('gives a batch the bits of its samples, with the filter repacked or kept', () => {
    const [, runtime] = runtimes;
    const all = compute(runtime, 0, whole.batchSize, {});
    const key = {};
    const each = Array.from({ length: whole.batchSize }, (__, i) => compute(runtime, i, 1, key));
    expect(equal(all.y, joined(each.map(({ y }) => y)))).toBe(true);
    expect(equal(all.dx, joined(each.map(({ dx }) => dx)))).toBe(true);
    const sum = each.reduce(
      (dw, one) => dw.map((value, i) => value + one.dw[i]),
      all.dw.map(() => 0),
    );
    expect(difference(all.dw, sum)).toBeLessThan(5e-6);
  });
});

function size(shape: Conv3DInfo['inShape']): number {
  return shape.reduce((a, b) => a * b, 1);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function same(a: Record<string, Float32Array>, b: Record<string, Float32Array>): boolean {
  return Object.keys(a).every((name) => equal(a[name], b[name]));
}
