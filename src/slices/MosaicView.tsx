import { memo, useCallback } from 'react';
import type { Vec3 } from '../core/volume/types.ts';
import { extentOf, type Rect, toPixel, toVoxel } from './fit.ts';
import { layOut, tileAt, tileOf } from './mosaic.ts';
import { voxelAt, worldOf } from './planes.ts';
import { SliceStage } from './SliceStage.tsx';
import type { SliceLayoutProps } from './SliceView.tsx';
import type { CanvasSize } from './useCanvasSize.ts';
import { useMosaicPaint } from './useMosaicPaint.ts';
import { captionOf } from './captions.ts';
import shared from './slices.module.css';
import styles from './MosaicView.module.css';

/** All z-slices at once, as in the lower half of the paper's Figure 3. */
export const MosaicView = memo(function MosaicView(props: SliceLayoutProps) {
  const { title, content, crosshair, lengthUnit, helpId, onMove, onHover, brush } = props;
  const { density } = content;
  const { plain, paint, stride } = useMosaicPaint(content);
  const caption = captionOf(density, 'z', crosshair, lengthUnit);
  const [x, y, z] = voxelAt(density, crosshair);

  const paintOver = useCallback(
    (ctx: CanvasRenderingContext2D, { least, pixel }: CanvasSize) => {
      const mosaic = layOut(plain, ...least, pixel);
      const rect = mosaic.tile(tileOf(mosaic, z));
      const line = Math.max(1, Math.round(pixel));
      outline(ctx, rect, line, 'rgb(0 0 0)', -line / 2);
      outline(ctx, rect, line, 'rgb(255 255 255)', line / 2);
      const [cx, cy] = toPixel(mosaic.plane, rect, x, y);
      ctx.beginPath();
      ctx.arc(cx, cy, 2.5 * pixel, 0, 2 * Math.PI);
      ctx.stroke();
      return true;
    },
    [plain, x, y, z],
  );
  const locate = (px: number, py: number, { least, pixel }: CanvasSize): Vec3 => {
    const mosaic = layOut(plain, ...least, pixel);
    const tile = tileAt(mosaic, px, py);
    const [across, up] = toVoxel(mosaic.plane, mosaic.tile(tile), px, py);
    return worldOf(density, [across, up, tile * mosaic.grid.stride]);
  };

  return (
    <figure className={shared.mosaic}>
      <figcaption className={shared.caption}>
        <span>{caption.position}</span> <span className={shared.count}>{caption.count}</span>
        {stride > 1 && <span className={styles.stride}>one slice in {stride}</span>}
      </figcaption>
      <SliceStage
        label={`${title}: all z-slices, at ${caption.count}, ${caption.position}`}
        volume={density}
        axis="z"
        perAngstrom={({ least, pixel }) => {
          const mosaic = layOut(plain, ...least, pixel);
          return mosaic.tile(0).width / extentOf(mosaic.plane)[0];
        }}
        {...{ helpId, crosshair, paint, paintOver, locate, onMove, onHover, brush }}
      />
    </figure>
  );
});

function outline(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: Rect,
  lineWidth: number,
  color: string,
  inset: number,
): void {
  ctx.lineWidth = lineWidth;
  ctx.strokeStyle = color;
  ctx.strokeRect(left + inset, top + inset, width - 2 * inset, height - 2 * inset);
}
