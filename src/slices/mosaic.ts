import type { Context } from './sliceLines.ts';
import { extentOf, type Rect, fitMosaic, fitSlice, type Grid } from './fit.ts';
import type { SliceContent, SlicePainter } from './painter.ts';
import { type Plane, planeOf } from './planes.ts';

/** Tiles get no narrower than this many CSS pixels; then slices are left out instead. */
const MINIMUM = 16;
const GAP = 2;

/** All z-slices side by side, the first at the top left, row by row. */
export interface Mosaic {
  readonly plane: Plane;
  readonly grid: Grid;
  /** Where tile `i` lies, in device pixels. */
  tile(i: number): Rect;
}

export function layOut(
  content: SliceContent,
  width: number,
  height: number,
  pixel: number,
): Mosaic {
  const plane = planeOf(content.density, 'z');
  const grid = fitMosaic(plane, width, height, MINIMUM * pixel);
  const gap = Math.round(GAP * pixel);
  const cell = fitSlice(
    plane,
    Math.max(1, Math.floor((width + gap) / grid.columns) - gap),
    Math.max(1, Math.floor((height + gap) / grid.rows) - gap),
    extentOf(plane),
  );
  const left = Math.round((width - grid.columns * (cell.width + gap) + gap) / 2);
  return {
    plane,
    grid,
    tile: (i) => ({
      left: left + (i % grid.columns) * (cell.width + gap),
      top: Math.floor(i / grid.columns) * (cell.height + gap),
      width: cell.width,
      height: cell.height,
    }),
  };
}

/** Paints tiles from number `from` on until `deadline` (ms); returns the first one not painted. */
export function paintTiles(
  ctx: Context,
  painter: SlicePainter,
  content: SliceContent,
  mosaic: Mosaic,
  pixel: number,
  from: number,
  deadline: number,
): number {
  let i = from;
  while (i < mosaic.grid.tiles && (i === from || performance.now() < deadline)) {
    painter.paint(ctx, content, 'z', i * mosaic.grid.stride, mosaic.tile(i), pixel);
    i++;
  }
  return i;
}

/** The tile that shows slice `index`, or the one before it. */
export function tileOf({ grid }: Mosaic, index: number): number {
  return Math.min(grid.tiles - 1, Math.floor(index / grid.stride));
}

/** The tile under a pixel, or the nearest. */
export function tileAt(mosaic: Mosaic, x: number, y: number): number {
  const { grid, tile } = mosaic;
  const first = tile(0);
  const pitch = grid.columns > 1 ? tile(1).left - first.left : first.width;
  const rise = grid.rows > 1 ? tile(grid.columns).top - first.top : first.height;
  const clamp = (value: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(value)));
  const column = clamp((x - first.left) / pitch, grid.columns);
  const row = clamp((y - first.top) / rise, grid.rows);
  return Math.min(grid.tiles - 1, row * grid.columns + column);
}

/** The same content without lines, which would fill tiles this small. */
export function withoutLines(content: SliceContent): SliceContent {
  return { ...content, levels: [], inputIso: null, marked: null };
}
