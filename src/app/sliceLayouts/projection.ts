import { fitSlice } from '../../slices/fit.ts';
import { ProjectionView } from '../../slices/index.ts';
import { SlicePainter } from '../../slices/painter.ts';
import { AXES } from '../../slices/planes.ts';
import { projectedContent, projectionPlane } from '../../slices/projections.ts';
import { deviceRect } from '../picture/box.ts';
import { orthogonal } from './orthogonal.ts';
import type { SliceLayoutRow } from './row.ts';

/** The map seen through along the three axes. */
export const projection: SliceLayoutRow = {
  View: ProjectionView,
  scaled: true,
  boxes: orthogonal.boxes,
  draw(pen, slices, boxes) {
    const painter = new SlicePainter();
    AXES.forEach((axis, i) => {
      const box = boxes[i];
      const { content } = projectedContent(slices, axis);
      pen.text(`along ${axis}`, box.x, box.y - 6, { size: 11 });
      const plane = projectionPlane(slices.density, content.density, axis);
      const { left, top, width, height } = deviceRect(box, pen.scale);
      const fitted = fitSlice(plane, width, height);
      const rect = { ...fitted, left: fitted.left + left, top: fitted.top + top };
      pen.inDevicePixels(() => painter.paint(pen.ctx, content, axis, 0, rect, pen.scale));
    });
  },
};
