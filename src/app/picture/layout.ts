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
const MIN_COLUMN = 300;
const MAX_COLUMN = 560;

/**
 * Where everything goes. The 3D views keep the proportions they have on the page.
 * @param scene size of a 3D view on the page, CSS pixels; no height where there is none
 * @param barHeight of a colour bar, CSS pixels
 */
export function layOutPicture(
  scene: { readonly width: number; readonly height: number },
  slices: Pick<SliceLayoutRow, 'boxes'>,
  columnCount: number,
  barCount: number,
  barHeight: number,
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
  // Under the heatmaps' columns, beside the scale bar of the slices under the input's.
  const barsLeft = MARGIN + column + GAP;
  const barsWidth = width - MARGIN - barsLeft;
  const barWidth = (barsWidth - (barCount - 1) * GAP) / barCount;
  return {
    width,
    height: Math.round(barsTop + barHeight + 14 + FOOTER + MARGIN / 2),
    heading: { x: MARGIN, y: MARGIN, width: width - 2 * MARGIN, height: HEADING },
    columns,
    sliceScale: { x: MARGIN, y: barsTop, width: column, height: barHeight },
    bars: Array.from({ length: barCount }, (_, i) => ({
      x: barsLeft + i * (barWidth + GAP),
      y: barsTop,
      width: barWidth,
      height: barHeight,
    })),
    footer: {
      x: MARGIN,
      y: barsTop + barHeight + 14,
      width: width - 2 * MARGIN,
      height: FOOTER,
    },
  };
}
