import type { Pads, Sizes, Sliding } from '../graph/operators.ts';
import { hasFusedKernel, takesPlanes } from '../kernels/fused-conv3d.ts';
import { tf } from '../tf.ts';
import { type Reach, ShapeError } from './op.ts';

/** Elements that a window with `dilation` spans. */
export const spanOf = (window: number, dilation: number) => (window - 1) * dilation + 1;

/** Padding of Keras' and TensorFlow's `same`: the output has `ceil(size / stride)` elements, the odd one goes behind. */
export function samePads(sizes: Sizes, window: Sizes, strides: Sizes, dilations: Sizes): Pads {
  return sizes.map((size, axis) => {
    const out = Math.ceil(size / strides[axis]);
    const span = spanOf(window[axis], dilations[axis]);
    const total = Math.max(0, (out - 1) * strides[axis] + span - size);
    const before = Math.floor(total / 2);
    return [before, total - before] as const;
  });
}

export const noPads = (axes: number): Pads => Array.from({ length: axes }, () => [0, 0] as const);

export const isPadded = (pads: Pads) => pads.some(([before, after]) => before !== 0 || after !== 0);

/** Sizes of what a sliding window makes; throws for a window that does not fit. */
export function slidingSizes(sizes: Sizes, window: Sizes, sliding: Sliding): Sizes {
  const { strides, dilations, pads } = sliding;
  for (const list of [window, strides, dilations, pads]) {
    if (list.length !== sizes.length)
      throw new ShapeError(`${list.length} window sizes for ${sizes.length} spatial axes`);
  }
  return sizes.map((size, axis) => {
    const span = spanOf(window[axis], dilations[axis]);
    const padded = size + pads[axis][0] + pads[axis][1];
    const out = Math.floor((padded - span) / strides[axis]) + 1;
    if (!(out >= 1 && window[axis] >= 1 && strides[axis] >= 1 && dilations[axis] >= 1)) {
      throw new ShapeError(
        `a window of ${span} with stride ${strides[axis]} does not fit into ${padded} elements`,
      );
    }
    return out;
  });
}

/** Of the first axis. */
export function slidingReach(window: Sizes, { strides, dilations, pads }: Sliding): Reach {
  const [before, after] = pads[0];
  return { window: spanOf(window[0], dilations[0]), stride: strides[0], before, after };
}

/** Padding that every kernel takes. */
export type PadWord = 'same' | 'valid';

/** A call with two or three spatial axes; `x` is padded already where `pad` cannot say it. */
export interface Lifted<Pad = PadWord | Pads> {
  readonly x: tf.Tensor;
  readonly window: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pad: Pad;
  /** Rows that the padding has put around `x`; null where none were needed. */
  readonly margins: [number, number][] | null;
}

/** Whether convolutions with so many spatial axes are given any padding as a list. */
export const takesPads = (axes: number): boolean =>
  hasFusedKernel() && (axes === 3 || takesPlanes());

/** Paddings that a kernel takes, before others are filled: none, `same`, or any. */
type Taken = 'none' | 'same' | 'any';

/**
 * Prepares x `[V, …space, channels]` for kernels: a single spatial axis becomes two, and paddings that they do not take
 * are filled with `value`.
 */
export function lift(
  x: tf.Tensor,
  window: Sizes,
  sliding: Sliding,
  value = 0,
  taken: Exclude<Taken, 'any'> = 'same',
): Lifted<PadWord> {
  return filled(x, window, sliding, value, taken) as Lifted<PadWord>;
}

/** For convolutions. */
export const liftConv = (x: tf.Tensor, window: Sizes, sliding: Sliding): Lifted =>
  filled(x, window, sliding, 0, takenOf(window));

function filled(
  x: tf.Tensor,
  window: Sizes,
  sliding: Sliding,
  value: number,
  taken: Taken,
): Lifted {
  const plan = planned(x.shape, window, sliding, taken);
  const [batch, ...rest] = x.shape;
  const given = window.length === 1 ? tf.reshape(x, [batch, 1, ...rest]) : x;
  if (!plan.margins) return { ...plan, x: given };
  return { ...plan, x: padTensor(given, [[0, 0], ...plan.margins, [0, 0]], value) };
}

const takenOf = (window: Sizes): Taken => (takesPads(window.length) ? 'any' : 'same');

/** The same where of x only the shape is looked at. */
export function liftShape([batch, ...rest]: readonly number[], window: Sizes, sliding: Sliding) {
  const plan = planned([batch, ...rest], window, sliding, takenOf(window));
  const raised = window.length === 1 ? [1, ...rest] : rest;
  const inner = raised.map((n, axis) => {
    const [before, after] = plan.margins?.[axis] ?? [0, 0];
    return n + before + after;
  });
  return { ...plan, x: { shape: [batch, ...inner] } as tf.Tensor };
}

function planned(
  shape: readonly number[],
  window: Sizes,
  { strides, dilations, pads }: Sliding,
  taken: Taken,
): Omit<Lifted, 'x'> {
  const single = window.length === 1;
  const raised = (sizes: Sizes) => (single ? [1, sizes[0]] : [...sizes]);
  const common = {
    window: raised(window),
    strides: raised(strides),
    dilations: raised(dilations),
  };
  if (!isPadded(pads)) return { ...common, pad: 'valid', margins: null };
  const same = samePads(shape.slice(1, -1), window, strides, dilations);
  const isSame = same.every(([b, a], axis) => b === pads[axis][0] && a === pads[axis][1]);
  if (taken !== 'none' && isSame) return { ...common, pad: 'same', margins: null };
  const margins = raisedPads(pads);
  if (taken === 'any') return { ...common, pad: margins, margins: null };
  return { ...common, pad: 'valid', margins };
}

/** Those of a single axis with those of the axis before it. */
export function raisedPads(pads: Pads): [number, number][] {
  const list = pads.map(([b, a]): [number, number] => [b, a]);
  return list.length === 1 ? [[0, 0], ...list] : list;
}

/** Pads x; negative amounts cut off. */
export function padTensor(
  x: tf.Tensor,
  pads: readonly (readonly [number, number])[],
  value: number,
): tf.Tensor {
  const cut = ([before, after]: readonly [number, number]) => [
    Math.max(0, -before),
    Math.max(0, -after),
  ];
  const cuts = pads.map(cut);
  const kept = cuts.some(([b, a]) => b + a > 0)
    ? tf.slice(
        x,
        cuts.map(([before]) => before),
        x.shape.map((n, axis) => n - cuts[axis][0] - cuts[axis][1]),
      )
    : x;
  const added = pads.map(([b, a]): [number, number] => [Math.max(0, b), Math.max(0, a)]);
  return added.some(([b, a]) => b + a > 0) ? tf.pad(kept, added, value) : kept;
}

/** The part of a gradient that belongs to x itself, in x's shape with the gradient's rows. */
export function unlift(dx: tf.Tensor, { margins }: Lifted, shape: readonly number[]): tf.Tensor {
  const rows = dx.shape[0];
  const target = [rows, ...shape.slice(1)];
  if (!margins) return tf.reshape(dx, target);
  const back = margins.map(([before, after]) => [-before, -after] as const);
  return tf.reshape(padTensor(dx, [[0, 0], ...back, [0, 0]], 0), target);
}
