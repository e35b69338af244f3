import type { FloatVolume } from '../../core/volume/types.ts';
import { fitSlice } from '../../slices/fit.ts';
import { ImageView } from '../../slices/index.ts';
import { SlicePainter } from '../../slices/painter.ts';
import { planeOf, voxelAt } from '../../slices/planes.ts';
import { drawCrosshair } from '../../slices/sliceLines.ts';
import { deviceRect } from '../picture/box.ts';
import type { SliceLayoutRow } from './row.ts';

/** The one section of an image, over the whole column. */
export function imageRow({ shape: [, ny, nx] }: Pick<FloatVolume, 'shape'>): SliceLayoutRow {
  return {
    View: ImageView,
    scaled: true,
    boxes: (width) => [{ x: 0, width, height: (width * ny) / nx }],
    draw(pen, slices, [box], crosshair) {
      const plane = planeOf(slices.density, 'z');
      const [x, y] = voxelAt(slices.density, crosshair);
      const { left, top, width, height } = deviceRect(box, pen.scale);
      const fitted = fitSlice(plane, width, height);
      const rect = { ...fitted, left: fitted.left + left, top: fitted.top + top };
      pen.inDevicePixels(() => {
        new SlicePainter().paint(pen.ctx, slices, 'z', 0, rect, pen.scale);
        drawCrosshair(pen.ctx, plane, rect, x, y, pen.scale);
      });
    },
  };
}
