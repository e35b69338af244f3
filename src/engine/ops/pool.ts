import type { AveragePoolAttributes } from '../graph/operators.ts';
import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { raise } from './conv.ts';
import { type Op, type ShapeCall, ShapeError } from './op.ts';
import { repeat } from './rows.ts';
import {
  isPadded,
  lift,
  type Lifted,
  type PadWord,
  slidingReach,
  slidingSizes,
  unlift,
} from './sliding.ts';
import { windowShare } from './window-share.ts';

/** Below every activation, and finite: padding that never wins. */
const LOWEST = -3.4028234663852886e38;

function shape({ attributes, inputs: [x] }: ShapeCall<'maxPool' | 'averagePool'>): Shape {
  if (x.length < 2 || x.length > 4) throw new ShapeError(`an input of shape [${x}]`);
  if (attributes.dilations.some((rate) => rate !== 1))
    throw new ShapeError('pooling with a dilation');
  return [...slidingSizes(x.slice(0, -1), attributes.window, attributes), x[x.length - 1]];
}

function pool(kind: 'max' | 'avg', { x, window, strides, pad }: Lifted<PadWord>): tf.Tensor {
  const [w, s] = [window, strides] as [never, never];
  if (x.rank === 5) {
    const x5 = x as tf.Tensor5D;
    return kind === 'max' ? tf.maxPool3d(x5, w, s, pad) : tf.avgPool3d(x5, w, s, pad);
  }
  const x4 = x as tf.Tensor4D;
  return kind === 'max' ? tf.maxPool(x4, w, s, pad) : tf.avgPool(x4, w, s, pad);
}

const lower = (y: tf.Tensor, rank: number) => (rank === 3 ? tf.squeeze(y, [1]) : y);

function gradient(
  kind: 'max' | 'avg',
  lifted: Lifted<PadWord>,
  dy: tf.Tensor,
  output: tf.Tensor,
): tf.Tensor {
  const { x: input, window, strides, pad } = lifted;
  const [in2, in3] =
    kind === 'max' ? [tf.MaxPoolGrad, tf.MaxPool3DGrad] : [tf.AvgPoolGrad, tf.AvgPool3DGrad];
  const attrs = { filterSize: window, strides, pad };
  return tf.engine().runKernel(input.rank === 5 ? in3 : in2, { dy, input, output }, attrs);
}

/** A window's gradient goes to one winner, also where several elements tie. */
export const maxPool: Op<'maxPool'> = {
  shape,
  forward({ attributes, inputs: [x] }) {
    return lower(pool('max', lift(x, attributes.window, attributes, LOWEST)), x.rank);
  },
  vjp({ attributes, inputs: [x], output, dy, wanted }) {
    if (!wanted[0]) return [null];
    const rows = dy.shape[0];
    const lifted = lift(repeat(x, rows), attributes.window, attributes, LOWEST);
    const dx = gradient('max', lifted, raise(dy), raise(repeat(output, rows)));
    return [unlift(dx, lifted, x.shape)];
  },
  bias: null,
  reach: ({ attributes }) => slidingReach(attributes.window, attributes),
  shown: true,
  view: false,
};

/**
 * What a window's sum has to be multiplied with beyond 1 / window, `[1, …out, 1]`; null where nothing. Kernels divide
 * by the voxels inside under `same`, by the whole window otherwise.
 */
function correction(
  { window, strides, pads, countedPads }: AveragePoolAttributes,
  space: readonly number[],
): tf.Tensor | null {
  const counts = pads.every(
    ([b, a], axis) => countedPads[axis][0] === b && countedPads[axis][1] === a,
  );
  if (!isPadded(pads) || counts) return null;
  return tf.div(1, windowShare(space, window, strides, pads, countedPads));
}

/** Zeros are added around x explicitly wherever that changes the mean. */
const explicit = (x: tf.Tensor, a: AveragePoolAttributes): Lifted<PadWord> => {
  const lifted = lift(x, a.window, a);
  return lifted.pad === 'same' ? lift(x, a.window, a, 0, 'none') : lifted;
};

const isInsideMean = ({ countedPads }: AveragePoolAttributes) => !isPadded(countedPads);

export const averagePool: Op<'averagePool'> = {
  shape,
  forward({ attributes, inputs: [x] }) {
    const quick = lift(x, attributes.window, attributes);
    // Under `same`, kernels take the mean over the voxels inside.
    if (quick.pad === 'valid' && !quick.margins) return lower(pool('avg', quick), x.rank);
    if (quick.pad === 'same' && isInsideMean(attributes)) return lower(pool('avg', quick), x.rank);
    const y = lower(pool('avg', explicit(x, attributes)), x.rank);
    const factor = correction(attributes, x.shape.slice(1, -1));
    return factor ? tf.mul(y, factor) : y;
  },
  vjp({ attributes, inputs: [x], dy, wanted }) {
    if (!wanted[0]) return [null];
    const rows = dy.shape[0];
    const quick = lift(repeat(x, rows), attributes.window, attributes);
    const factor = correction(attributes, x.shape.slice(1, -1));
    // The kernel's gradient divides by the whole window.
    const scaled = factor ? tf.mul(dy, factor) : dy;
    const lifted =
      quick.pad === 'same' && isInsideMean(attributes)
        ? quick
        : explicit(repeat(x, rows), attributes);
    return [unlift(gradient('avg', lifted, raise(scaled), raise(scaled)), lifted, x.shape)];
  },
  bias: null,
  reach: ({ attributes }) => slidingReach(attributes.window, attributes),
  shown: true,
  view: false,
};
