import { useCallback, useMemo, useRef, useState } from 'react';
import { layOut, paintTiles, withoutLines } from './mosaic.ts';
import { type SliceContent, SlicePainter } from './painter.ts';
import type { Paint } from './usePaint.ts';

/** Time given to tiles in one frame, ms. */
const BUDGET = 8;

/** Paints all z-slices of `content`, as many in a frame as there is time for. */
export function useMosaicPaint(content: SliceContent) {
  const painter = useMemo(() => new SlicePainter(), []);
  const plain = useMemo(() => withoutLines(content), [content]);
  const next = useRef(0);
  const [stride, setStride] = useState(1);
  const paint: Paint = useCallback(
    (ctx, { least, pixel }, first) => {
      const mosaic = layOut(plain, ...least, pixel);
      setStride(mosaic.grid.stride);
      const from = first ? 0 : next.current;
      const deadline = performance.now() + BUDGET;
      next.current = paintTiles(ctx, painter, plain, mosaic, pixel, from, deadline);
      return next.current === mosaic.grid.tiles;
    },
    [painter, plain],
  );
  return {
    /** What is painted: the content without its lines. */
    plain,
    paint,
    /** Every `stride`-th slice is shown. */
    stride,
  };
}
