import type { SliceLayoutRow } from '../sliceLayouts/index.ts';
import type { Box } from './box.ts';

export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  /** Baselines of the two lines of the heading. */
  readonly heading: Box;
  readonly columns: readonly {
    /** Title line. */
    readonly head: Box;
    readonly scene: Box;
    /** The slices' pictures, with a caption above each. */
    readonly slices: readonly Box[];
  }[];
  /** Scale bar of the slices, under the first column. */
  readonly sliceScale: Box;
  readonly bars: readonly Box[];
  readonly footer: Box;
}

const MARGIN = 20;
const GAP = 20;
const HEADING = 46;
const COLUMN_HEAD = 28;
const CAPTION = 20;
const FOOTER = 20;
/** From the baseline of a note to that of the next. */
export const NOTE_LINE = 16;
/** Of the slices' scale bar where no colour bar stands beside it. */
const SCALE_ROW = 30;
const MIN_COLUMN = 300;
const MAX_COLUMN = 560;

/**
 * Where everything goes. The 3D views keep the proportions they have on the page.
 * @param scene size of a 3D view on the page, CSS pixels; no height where there is none
 * @param barHeight of a colour bar, CSS pixels
 * @param noteCount lines under it
 */
export function layOutPicture(
  scene: { readonly width: number; readonly height: number },
  slices: Pick<SliceLayoutRow, 'boxes'>,
  columnCount: number,
  barCount: number,
  barHeight: number,
  noteCount = 1,
): PictureLayout {
  const column = Math.round(Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, scene.width)));
  const sceneHeight = Math.round((column * scene.height) / scene.width);
  const width = 2 * MARGIN + columnCount * column + (columnCount - 1) * GAP;
  const top = MARGIN + HEADING;
  const slicesTop = top + COLUMN_HEAD + sceneHeight + 6;
  const cells = slices.boxes(column);
  const slicesHeight = Math.max(...cells.map(({ height }) => height));
  const columns = Array.from({ length: columnCount }, (_, i) => {
    const x = MARGIN + i * (column + GAP);
    return {
      head: { x, y: top, width: column, height: COLUMN_HEAD },
      scene: { x, y: top + COLUMN_HEAD, width: column, height: sceneHeight },
      slices: cells.map((cell) => ({ ...cell, x: x + cell.x, y: slicesTop + CAPTION })),
    };
  });
  const barsTop = slicesTop + CAPTION + slicesHeight + 18;
  // Under the other columns, beside the scale bar of the slices under the first; under it where there is one column.
  const single = columnCount === 1;
  const barsLeft = single ? MARGIN : MARGIN + column + GAP;
  const barsY = single && barCount > 0 ? barsTop + SCALE_ROW : barsTop;
  const barsWidth = width - MARGIN - barsLeft;
  const barWidth = (barsWidth - (barCount - 1) * GAP) / Math.max(1, barCount);
  const footerY = barsY + (barCount > 0 ? barHeight : SCALE_ROW) + 14;
  const footerHeight = FOOTER + Math.max(0, noteCount - 1) * NOTE_LINE;
  return {
    width,
    height: Math.round(footerY + footerHeight + MARGIN / 2),
    heading: { x: MARGIN, y: MARGIN, width: width - 2 * MARGIN, height: HEADING },
    columns,
    sliceScale: { x: MARGIN, y: barsTop, width: column, height: barHeight },
    bars: Array.from({ length: barCount }, (_, i) => ({
      x: barsLeft + i * (barWidth + GAP),
      y: barsY,
      width: barWidth,
      height: barHeight,
    })),
    footer: {
      x: MARGIN,
      y: footerY,
      width: width - 2 * MARGIN,
      height: footerHeight,
    },
  };
}
