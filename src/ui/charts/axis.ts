import { formatValue, niceStep } from '../../core/color/index.ts';

/** A linear mapping of values onto pixels. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Pixel of a value. */
  at(value: number): number;
  /** Text of a tick. */
  label(value: number): string;
}

/**
 * An axis over `[low, high]` that runs from pixel `start` to pixel `end` (which may lie before it), with
 * ticks at round values, about `count` of them.
 */
export function linearAxis(
  [low, high]: readonly [number, number],
  [start, end]: readonly [number, number],
  count: number,
): Axis {
  const from = low;
  const to = high > low ? high : low + 1;
  const step = niceStep(to - from, Math.max(1, count));
  // A tick that a rounding error puts outside is inside.
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return {
    from,
    to,
    ticks: Array.from({ length: last - first + 1 }, (_, i) =>
      Number(((first + i) * step).toPrecision(12)),
    ),
    at: (value) => start + ((value - from) / (to - from)) * (end - start),
    label: (value) => formatValue(value),
  };
}

/** The least and the greatest finite value of some lists; `[0, 1]` when there is none. */
export function extentOf(...lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A range with a little room at both ends, so that no point sits on the frame. */
export function padded([low, high]: readonly [number, number], share = 0.04): [number, number] {
  const room = (high - low || Math.abs(high) || 1) * share;
  return [low - room, high + room];
}
