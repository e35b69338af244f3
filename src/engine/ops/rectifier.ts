import { tf } from '../tf.ts';
import type { Rectifiers } from './op.ts';

/** A gradient times the slopes of a rectifier. */
type TimesSlopes = (dy: tf.Tensor) => tf.Tensor;

/** The gradient of a rectifier's input by each rule. */
export const THROUGH_RECTIFIER: Readonly<
  Record<Rectifiers, (dy: tf.Tensor, timesSlopes: TimesSlopes) => tf.Tensor>
> = {
  plain: (dy, timesSlopes) => timesSlopes(dy),
  guided: (dy, timesSlopes) => timesSlopes(tf.relu(dy)),
  deconvnet: (dy) => tf.relu(dy),
};
