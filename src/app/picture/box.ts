import type { Rect } from '../../slices/fit.ts';

/** A rectangle in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The device pixels of a box, whole. */
export function deviceRect({ x, y, width, height }: Box, scale: number): Rect {
  const left = Math.round(x * scale);
  const top = Math.round(y * scale);
  return {
    left,
    top,
    width: Math.round((x + width) * scale) - left,
    height: Math.round((y + height) * scale) - top,
  };
}
