import { memo, useCallback, useMemo } from 'react';
import type { Vec3 } from '../core/volume/types.ts';
import { fitSlice, pixelsPerAngstrom, toVoxel } from './fit.ts';
import styles from './OrthogonalView.module.css';
import { SlicePainter } from './painter.ts';
import { type Axis, AXES, ORIENTATION, voxelAt, worldOf } from './planes.ts';
import { projectedContent, projectionPlane, seenVoxel } from './projections.ts';
import { drawCrosshair } from './sliceLines.ts';
import { SliceStage } from './SliceStage.tsx';
import type { SliceLayoutProps } from './SliceView.tsx';
import type { CanvasSize } from './useCanvasSize.ts';
import shared from './slices.module.css';
import slice from './SliceView.module.css';

/** The map seen through along z, y and x, over the mean density; a click goes to the value that is seen. */
export function ProjectionView(props: SliceLayoutProps) {
  return (
    <div className={styles.row}>
      {AXES.map((axis) => (
        <OneProjection key={axis} axis={axis} {...props} />
      ))}
    </div>
  );
}

const OneProjection = memo(function OneProjection({
  axis,
  ...props
}: SliceLayoutProps & { readonly axis: Axis }) {
  const { title, content, crosshair, helpId, onMove, onHover, brush } = props;
  const painter = useMemo(() => new SlicePainter(), []);
  const { content: seen, depth } = useMemo(() => projectedContent(content, axis), [content, axis]);
  const plane = useMemo(
    () => projectionPlane(content.density, seen.density, axis),
    [content, seen, axis],
  );
  const voxel = voxelAt(content.density, crosshair);
  const orientation = ORIENTATION[axis];
  const [across, up] = [voxel[orientation.across], voxel[orientation.up]];
  const paint = useCallback(
    (ctx: CanvasRenderingContext2D, { width, height, pixel }: CanvasSize) => {
      painter.paint(ctx, seen, axis, 0, fitSlice(plane, width, height), pixel);
      return true;
    },
    [painter, seen, axis, plane],
  );
  const paintOver = useCallback(
    (ctx: CanvasRenderingContext2D, { width, height, pixel }: CanvasSize) => {
      drawCrosshair(ctx, plane, fitSlice(plane, width, height), across, up, pixel);
      return true;
    },
    [plane, across, up],
  );
  const locate = (x: number, y: number, { width, height }: CanvasSize): Vec3 => {
    const under = toVoxel(plane, fitSlice(plane, width, height), x, y);
    return worldOf(content.density, seenVoxel(content.density, axis, depth, crosshair, under));
  };
  return (
    <figure className={slice.view}>
      <figcaption className={shared.caption}>
        <span>along {axis}</span>
      </figcaption>
      <SliceStage
        label={`${title}: projection along ${axis}`}
        volume={content.density}
        perAngstrom={(size) => pixelsPerAngstrom(plane, size)}
        {...{ helpId, axis, crosshair, paint, paintOver, locate, onMove, onHover, brush }}
      />
    </figure>
  );
});
