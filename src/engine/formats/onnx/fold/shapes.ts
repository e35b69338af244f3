import { type Constant, sizeOf } from '../constant.ts';
import type { Attributes } from '../model.ts';

/** Steps in memory along each axis, in numbers; x fastest. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * dims[i + 1];
  return strides;
}

/** Numpy's common shape; undefined where there is none. */
export function broadcast(
  a: readonly number[],
  b: readonly number[],
): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    out.push(m === 1 ? n : m);
  }
  return out;
}

/** Axes given as an input from some opset on, as an attribute before. */
export function axesOf(
  given: Constant | undefined,
  attrs: Attributes,
): readonly number[] | undefined {
  return given ? [...given.data] : attrs.ints('axes');
}

export const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** `dims` with unit axes put in at `axes`, which count in the result. */
export function unsqueezed(dims: readonly number[], axes: readonly number[]): number[] {
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => positive(axis, rank)));
  let next = 0;
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : dims[next++]));
}

/** `dims` without the unit axes `axes`, or without any where none are named. */
export function squeezed(dims: readonly number[], axes: readonly number[] | undefined): number[] {
  const gone = axes?.map((axis) => positive(axis, dims.length));
  return dims.filter((n, i) => (gone ? !gone.includes(i) : n !== 1));
}

/** The shape that Reshape makes of `dims`: 0 keeps an axis, -1 takes the rest. */
export function reshapedDims(
  dims: readonly number[],
  wanted: readonly number[],
  allowZero: boolean,
): number[] | undefined {
  const out = wanted.map((n, i) => (n === 0 && !allowZero ? dims[i] : n));
  const rest = out.indexOf(-1);
  const known = sizeOf(out.filter((n) => n !== -1));
  if (rest >= 0) out[rest] = sizeOf(dims) / known;
  return sizeOf(out) === sizeOf(dims) && out.every((n) => Number.isInteger(n) && n >= 0)
    ? out
    : undefined;
}

export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What Slice takes of `dims`, with its negative and open ends resolved. */
export function rangesOf(
  dims: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): Range[] {
  return starts.map((first, i) => {
    const axis = positive(axes[i] ?? i, dims.length);
    const size = dims[axis];
    const step = steps[i] ?? 1;
    const clip = (at: number) => {
      const whole = at < 0 ? at + size : at;
      return step > 0
        ? Math.min(Math.max(whole, 0), size)
        : Math.min(Math.max(whole, -1), size - 1);
    };
    const start = clip(first);
    const length = Math.max(0, Math.ceil((clip(ends[i]) - start) / step));
    return { axis, start, step, length };
  });
}
