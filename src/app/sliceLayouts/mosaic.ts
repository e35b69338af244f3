import { MosaicView } from '../../slices/index.ts';
import { layOut, paintTiles, withoutLines } from '../../slices/mosaic.ts';
import { SlicePainter } from '../../slices/painter.ts';
import { deviceRect } from '../picture/box.ts';
import type { SliceLayoutRow } from './row.ts';

/** All z-slices. */
export const mosaic: SliceLayoutRow = {
  View: MosaicView,
  scaled: false,
  boxes: (width) => [{ x: 0, width, height: (width * 5) / 8 }],
  draw(pen, slices, [box]) {
    const plain = withoutLines(slices);
    const { width, height } = deviceRect(box, pen.scale);
    const tiles = layOut(plain, width, height, pen.scale);
    pen.ctx.save();
    pen.ctx.setTransform(1, 0, 0, 1, box.x * pen.scale, box.y * pen.scale);
    const painter = new SlicePainter();
    paintTiles(pen.ctx, painter, plain, tiles, pen.scale, 0, Number.POSITIVE_INFINITY);
    pen.ctx.restore();
    const { stride, tiles: count } = tiles.grid;
    const caption = stride > 1 ? `one z-slice in ${stride}` : `all ${count} z-slices`;
    pen.text(caption, box.x, box.y - 6, { size: 11 });
  },
};
