import type { LengthUnit } from '../core/volume/index.ts';
import { memo, useCallback, useMemo } from 'react';
import type { Vec3 } from '../core/volume/types.ts';
import { drawCrosshair } from './sliceLines.ts';
import { fitSlice, pixelsPerAngstrom, toVoxel } from './fit.ts';
import { type SliceContent, SlicePainter } from './painter.ts';
import { type Axis, ORIENTATION, planeOf, voxelAt, worldOf } from './planes.ts';
import { type Brush, SliceStage } from './SliceStage.tsx';
import type { CanvasSize } from './useCanvasSize.ts';
import { captionOf } from './captions.ts';
import shared from './slices.module.css';
import styles from './SliceView.module.css';

/** What every layout of slices is given. */
export interface SliceLayoutProps {
  /** What the column shows, e.g. `Respond-CAM`; part of the accessible name. */
  readonly title: string;
  readonly content: SliceContent;
  /** Å, world. */
  readonly crosshair: Vec3;
  readonly lengthUnit: LengthUnit;
  /** Id of the element that describes the keys. */
  readonly helpId: string;
  onMove(crosshair: Vec3): void;
  /** In place of the crosshair a drag moves a brush. */
  readonly brush: Brush | null;
  onHover(axis: Axis, position: Vec3 | null): void;
}

interface SliceViewProps extends SliceLayoutProps {
  readonly axis: Axis;
}

/** One orthogonal slice through the crosshair. */
export const SliceView = memo(function SliceView(props: SliceViewProps) {
  const { title, content, axis, crosshair, lengthUnit, helpId, onMove, onHover, brush } = props;
  const { density } = content;
  const painter = useMemo(() => new SlicePainter(), []);
  const plane = useMemo(() => planeOf(density, axis), [density, axis]);
  const caption = captionOf(density, axis, crosshair, lengthUnit);
  const { index } = caption;
  const orientation = ORIENTATION[axis];
  const voxel = voxelAt(density, crosshair);
  const across = voxel[orientation.across];
  const up = voxel[orientation.up];

  const paint = useCallback(
    (ctx: CanvasRenderingContext2D, { width, height, pixel }: CanvasSize) => {
      painter.paint(ctx, content, axis, index, fitSlice(plane, width, height), pixel);
      return true;
    },
    [painter, content, axis, index, plane],
  );
  const paintOver = useCallback(
    (ctx: CanvasRenderingContext2D, { width, height, pixel }: CanvasSize) => {
      drawCrosshair(ctx, plane, fitSlice(plane, width, height), across, up, pixel);
      return true;
    },
    [plane, across, up],
  );
  const locate = (x: number, y: number, { width, height }: CanvasSize): Vec3 => {
    const at = [...voxel] as [number, number, number];
    const under = toVoxel(plane, fitSlice(plane, width, height), x, y);
    [at[orientation.across], at[orientation.up]] = under;
    return worldOf(density, at);
  };

  return (
    <figure className={styles.view}>
      <figcaption className={shared.caption}>
        <span>{caption.position}</span> <span className={shared.count}>{caption.count}</span>
      </figcaption>
      <SliceStage
        label={`${title}: slice ${caption.count}, ${caption.position}`}
        volume={density}
        perAngstrom={(size) => pixelsPerAngstrom(plane, size)}
        {...{ helpId, axis, crosshair, paint, paintOver, locate, onMove, onHover, brush }}
      />
    </figure>
  );
});
