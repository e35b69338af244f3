import type { ResizeAttributes, ResizeFilter } from '../graph/operators.ts';
import { hasMixRows, mixRows, type Taps } from '../kernels/mix-rows.ts';
import { tf } from '../tf.ts';
import { type Op, ShapeError } from './op.ts';
import { product } from './rows.ts';

type Round = (x: number) => number;

const exactly: Round = (x) => x;

/**
 * Where output element `o` lies between the input's elements, along an axis of `size` to `out` elements; each
 * step goes through `f`.
 */
function position(o: number, axis: number, size: number, a: ResizeAttributes, f: Round): number {
  const out = a.sizes[axis];
  const scale = f(a.scales[axis]);
  switch (a.coordinates) {
    case 'half-pixel':
      return f(f((o + 0.5) / scale) - 0.5);
    // Both grids about the same centre, where scale times size is no whole number.
    case 'half-pixel-symmetric': {
      const offset = f((size / 2) * f(1 - f(out / f(scale * size))));
      return f(f(offset + f((o + 0.5) / scale)) - 0.5);
    }
    // TensorFlow 1's, before rounding down.
    case 'half-pixel-nearest':
      return f((o + 0.5) / scale);
    case 'pytorch-half-pixel':
      return out > 1 ? f(f((o + 0.5) / scale) - 0.5) : 0;
    case 'align-corners':
      return out > 1 ? f((o * (size - 1)) / (out - 1)) : 0;
    case 'asymmetric':
      return f(o / scale);
  }
}

const ROUNDINGS: Readonly<Record<ResizeAttributes['rounding'], (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  'round-prefer-floor': (x) => Math.ceil(x - 0.5),
  'round-prefer-ceil': (x) => Math.floor(x + 0.5),
};

/** Input elements and their weights for each output element along one axis. */
function taps(axis: number, size: number, a: ResizeAttributes): readonly [number, number][][] {
  const inside = (i: number) => Math.min(size - 1, Math.max(0, i));
  return Array.from({ length: a.sizes[axis] }, (_, o) => {
    if (a.mode === 'nearest') {
      // In float32 as runtimes compute it: which element is the nearest hangs on the last digit.
      const at = position(o, axis, size, a, Math.fround);
      return [[inside(ROUNDINGS[a.rounding](at)), 1]];
    }
    const at = position(o, axis, size, a, exactly);
    if (typeof a.mode === 'object') return filtered(at, size, a.scales[axis], a.mode);
    const low = Math.floor(at);
    const share = at - low;
    return [
      [inside(low), 1 - share],
      [inside(low + 1), share],
    ];
  });
}

/** Elements within the filter's width around the place `at`. */
function filtered(
  at: number,
  size: number,
  scale: number,
  { cubic, antialias, excludeOutside }: ResizeFilter,
): [number, number][] {
  const narrow = antialias ? Math.min(1, scale) : 1;
  const reach = (cubic === null ? 1 : 2) / narrow;
  const first = Math.ceil(at - reach);
  const all = Array.from({ length: Math.floor(at + reach) - first + 1 }, (_, i) => {
    const x = Math.abs(first + i - at) * narrow;
    return [first + i, cubic === null ? Math.max(0, 1 - x) : keys(x, cubic)] as [number, number];
  });
  const isInside = ([i]: readonly [number, number]) => i >= 0 && i < size;
  const used = excludeOutside || antialias ? all.filter(isInside) : all;
  const total = used.reduce((sum, [, weight]) => sum + weight, 0);
  return used.map(([i, weight]) => [Math.min(size - 1, Math.max(0, i)), weight / total]);
}

/** Keys 1981, eq. 4 for any coefficient. */
function keys(x: number, a: number): number {
  if (x >= 2) return 0;
  return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

/** How often each element is repeated, where that is all; else 0. */
function repeats(size: number, rows: readonly [number, number][][]): number {
  const times = rows.length / size;
  const regular =
    Number.isInteger(times) &&
    rows.every((row, o) => row.length === 1 && row[0][0] === Math.floor(o / times));
  return regular ? times : 0;
}

/** `[out, size]`. */
function matrix(size: number, rows: readonly [number, number][][]): tf.Tensor2D {
  const values = new Float32Array(rows.length * size);
  for (const [o, row] of rows.entries()) for (const [i, w] of row) values[o * size + i] += w;
  return tf.tensor2d(values, [rows.length, size]);
}

/** Every axis but the last by itself, from `sizes` to the attributes' or, with `back`, the adjoint of that. */
function alongAxes(
  x: tf.Tensor,
  sizes: readonly number[],
  a: ResizeAttributes,
  back: boolean,
): tf.Tensor {
  let y = x;
  for (const [i, size] of sizes.entries()) {
    const rows = taps(i, size, a);
    if (rows.length === size && repeats(size, rows) === 1) continue;
    const axis = i + 1;
    const outer = product(y.shape.slice(0, axis));
    const inner = product(y.shape.slice(axis + 1));
    const times = repeats(size, rows);
    const n = back ? size : rows.length;
    const shape = y.shape.map((old, at) => (at === axis ? n : old));
    y = tf.reshape(
      times > 0
        ? repeated(y, [outer, size, inner], times, back)
        : mixed(y, [outer, size, inner], rows, back),
      shape,
    );
  }
  return y === x ? tf.clone(x) : y;
}

function repeated(
  y: tf.Tensor,
  [outer, size, inner]: readonly [number, number, number],
  times: number,
  back: boolean,
): tf.Tensor {
  if (back) return tf.sum(tf.reshape(y, [outer * size, times, inner]), 1);
  return tf.tile(tf.reshape(y, [outer * size, 1, inner]), [1, times, 1]);
}

/** The same weights from each output to the `size` inputs. */
function adjoint(taps: Taps, size: number): Taps {
  const rows = Array.from({ length: size }, (): [number, number][] => []);
  for (const [o, row] of taps.entries()) for (const [i, weight] of row) rows[i].push([o, weight]);
  return rows;
}

function mixed(
  y: tf.Tensor,
  [outer, size, inner]: readonly [number, number, number],
  taps: readonly [number, number][][],
  back: boolean,
): tf.Tensor {
  const n = y.size / (outer * inner);
  const all = tf.reshape(y, [outer, n, inner]);
  if (hasMixRows()) return mixRows(all, back ? adjoint(taps, size) : taps);
  const by = matrix(size, taps);
  // One matrix product for all: the axis in question in front.
  const rows = tf.reshape(tf.transpose(all, [1, 0, 2]), [n, outer * inner]) as tf.Tensor2D;
  const product_ = tf.matMul(by, rows, back, false);
  return tf.transpose(tf.reshape(product_, [product_.shape[0], outer, inner]), [1, 0, 2]);
}

/** Nearest and linear, axis by axis (ONNX's Resize; PyTorch's and Keras' upsampling). */
export const resize: Op<'resize'> = {
  shape({ attributes: { sizes, scales }, inputs: [x] }) {
    if (sizes.length !== x.length - 1 || scales.length !== sizes.length || sizes.some((n) => n < 1))
      throw new ShapeError(`sizes [${sizes}] for an input of shape [${x}]`);
    return [...sizes, x[x.length - 1]];
  },
  forward: ({ attributes, inputs: [x] }) => alongAxes(x, x.shape.slice(1, -1), attributes, false),
  vjp: ({ attributes, inputs: [x], dy, wanted }) => [
    wanted[0] ? alongAxes(dy, x.shape.slice(1, -1), attributes, true) : null,
  ],
  bias: null,
  reach: null,
  shown: true,
  view: false,
  reads: () => 'nothing',
  cheap: true,
};
