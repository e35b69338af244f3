import { type RefObject, useLayoutEffect, useRef } from 'react';
import { beforePaint, cancelPaint, paintNow } from './paintQueue.ts';
import type { CanvasSize } from './useCanvasSize.ts';

/** Draws a picture and says whether it is complete; if not, it is called again in the next frame. */
export type Paint = (ctx: CanvasRenderingContext2D, size: CanvasSize, first: boolean) => boolean;

/**
 * Keeps a canvas painted: at once when it is new, later before the next repaint after its size or
 * `paint` has changed; over several frames if need be.
 * @param settings of the canvas; the same object every time
 */
export function usePaint(
  target: RefObject<HTMLCanvasElement | null>,
  size: CanvasSize | null,
  paint: Paint,
  settings?: CanvasRenderingContext2DSettings,
): void {
  const painted = useRef(false);
  useLayoutEffect(() => {
    const canvas = target.current!;
    if (!size) return;
    const work = (first: boolean) => {
      const ctx = first ? cleared(canvas, size, settings) : canvas.getContext('2d', settings)!;
      painted.current = true;
      if (!paint(ctx, size, first)) beforePaint(canvas, () => work(false));
    };
    (painted.current ? beforePaint : paintNow)(canvas, () => work(true));
    return () => cancelPaint(canvas);
  }, [target, size, paint, settings]);
}

/** The canvas at the given size, empty. */
function cleared(
  canvas: HTMLCanvasElement,
  { width, height }: CanvasSize,
  settings?: CanvasRenderingContext2DSettings,
) {
  const ctx = canvas.getContext('2d', settings)!;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else {
    ctx.clearRect(0, 0, width, height);
  }
  return ctx;
}
