import type { Plane } from './planes.ts';

/** A rectangle in device pixels. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Å that a slice covers, across and up. */
export function extentOf({ width, height, voxel }: Plane): [across: number, up: number] {
  return [width * voxel[0], height * voxel[1]];
}

/**
 * The rectangle in a box of `width` x `height` pixels that shows a slice whole and in its true
 * proportions, in its top left corner, at the scale at which `room` (Å across and up) fills the box.
 */
export function fitSlice(
  plane: Plane,
  width: number,
  height: number,
  room: readonly [number, number] = plane.room,
): Rect {
  const [across, up] = extentOf(plane);
  const scale = Math.min(width / room[0], height / room[1]);
  return {
    left: 0,
    top: 0,
    width: Math.max(1, Math.round(across * scale)),
    height: Math.max(1, Math.round(up * scale)),
  };
}

/** Of a slice that {@link fitSlice} shows. */
export function pixelsPerAngstrom(
  plane: Plane,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  return fitSlice(plane, width, height).width / extentOf(plane)[0];
}

/** Pixel of a position in voxels (voxel centres at whole numbers); up is towards smaller y, except in pictures. */
export function toPixel(
  plane: Plane,
  rect: Rect,
  across: number,
  up: number,
): [x: number, y: number] {
  return [
    rect.left + ((across + 0.5) / plane.width) * rect.width,
    rect.top + fromTop(plane, (up + 0.5) / plane.height) * rect.height,
  ];
}

/** A share of the height counted from the rows' start as one counted from the top, and back. */
function fromTop({ down }: Plane, share: number): number {
  return down ? share : 1 - share;
}

/** The voxel across and up under a pixel, clamped to the slice. */
export function toVoxel(
  plane: Plane,
  rect: Rect,
  x: number,
  y: number,
): [across: number, up: number] {
  const clamp = (value: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(value)));
  return [
    clamp(((x - rect.left) / rect.width) * plane.width, plane.width),
    clamp(fromTop(plane, (y - rect.top) / rect.height) * plane.height, plane.height),
  ];
}

/** How a mosaic lays out its tiles, all of the same size. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Every `stride`-th slice is shown, from the first. */
  readonly stride: number;
  readonly tiles: number;
}

/**
 * Columns and rows that make the tiles of `plane` as large as they can be in a box; shows every
 * `stride`-th slice only where tiles would get narrower than `minimum` pixels.
 */
export function fitMosaic(plane: Plane, width: number, height: number, minimum: number): Grid {
  const [across, up] = extentOf(plane);
  const aspect = across / up;
  const best = (tiles: number) => {
    let found = { columns: 1, rows: tiles, size: 0 };
    for (let columns = 1; columns <= tiles; columns++) {
      const rows = Math.ceil(tiles / columns);
      const size = Math.min(width / columns, (height / rows) * aspect);
      if (size > found.size) found = { columns, rows, size };
    }
    return found;
  };
  let stride = 1;
  while (stride < plane.count && best(Math.ceil(plane.count / stride)).size < minimum) stride++;
  const tiles = Math.ceil(plane.count / stride);
  const { columns, rows } = best(tiles);
  return { columns, rows, stride, tiles };
}
