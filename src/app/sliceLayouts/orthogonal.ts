import { captionOf } from '../../slices/captions.ts';
import { fitSlice } from '../../slices/fit.ts';
import { OrthogonalView } from '../../slices/index.ts';
import { SlicePainter } from '../../slices/painter.ts';
import { AXES, ORIENTATION, planeOf, voxelAt } from '../../slices/planes.ts';
import { drawCrosshair } from '../../slices/sliceLines.ts';
import { deviceRect } from '../picture/box.ts';
import type { SliceLayoutRow } from './row.ts';

const GAP = 8;

/** The three planes through the crosshair. */
export const orthogonal: SliceLayoutRow = {
  View: OrthogonalView,
  scaled: true,
  boxes(width) {
    const size = (width - 2 * GAP) / 3;
    return AXES.map((_, i) => ({ x: i * (size + GAP), width: size, height: size }));
  },
  draw(pen, slices, boxes, crosshair, unit) {
    const painter = new SlicePainter();
    const voxel = voxelAt(slices.density, crosshair);
    AXES.forEach((axis, i) => {
      const box = boxes[i];
      const { position, count } = captionOf(slices.density, axis, crosshair, unit);
      const captionWidth = pen.text(position, box.x, box.y - 6, { size: 11 });
      pen.text(count, box.x + captionWidth + 6, box.y - 6, { size: 11, strength: 0.7 });
      const { across, up, through } = ORIENTATION[axis];
      const plane = planeOf(slices.density, axis);
      const { left, top, width, height } = deviceRect(box, pen.scale);
      const fitted = fitSlice(plane, width, height);
      const rect = { ...fitted, left: fitted.left + left, top: fitted.top + top };
      pen.inDevicePixels(() => {
        painter.paint(pen.ctx, slices, axis, voxel[through], rect, pen.scale);
        drawCrosshair(pen.ctx, plane, rect, voxel[across], voxel[up], pen.scale);
      });
    });
  },
};
