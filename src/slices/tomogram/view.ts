import { ACROSS, type Axis, PLACE } from '../../core/tomogram/index.ts';
import { boxSize, type SourceGrid, type Vec3 } from '../../core/volume/index.ts';

/** What part of a plane is seen: lengths in Å, places in the world. */
export interface SliceWindow {
  readonly columns: readonly [from: number, to: number];
  readonly rows: readonly [from: number, to: number];
}

/** CSS pixels that the three slices have room in. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** Rooms of the xy slice, the zy slice beside it and the xz slice below it. */
export interface Rooms {
  readonly z: Room;
  readonly x: Room;
  readonly y: Room;
  /** Å of a CSS pixel at which all is seen. */
  readonly fit: number;
}

/** Share of the room along an edge that the xy slice has at least and at most. */
const LEAST = 0.5;
const MOST = 0.82;

/** Shares the room so that the three slices of the whole tomogram have the same scale. */
export function roomsOf(grid: SourceGrid, { width, height }: Room, gap: number): Rooms {
  const [x, y, z] = boxSize(grid);
  const share = (own: number) => Math.min(MOST, Math.max(LEAST, own / (own + z)));
  const across = Math.max(1, Math.floor((width - gap) * share(x)));
  const down = Math.max(1, Math.floor((height - gap) * share(y)));
  const beside = Math.max(1, width - gap - across);
  const below = Math.max(1, height - gap - down);
  return {
    z: { width: across, height: down },
    x: { width: beside, height: down },
    y: { width: across, height: below },
    fit: Math.max(x / across, y / down, z / beside, z / below),
  };
}

export function windowAt(axis: Axis, centre: Vec3, pixel: number, room: Room): SliceWindow {
  const [column, row] = ACROSS[axis];
  const half = { across: (room.width * pixel) / 2, up: (room.height * pixel) / 2 };
  return {
    columns: [centre[column] - half.across, centre[column] + half.across],
    rows: [centre[row] - half.up, centre[row] + half.up],
  };
}

/** CSS pixel of a place; rows run upwards. */
export function pixelOf(axis: Axis, { columns, rows }: SliceWindow, pixel: number, place: Vec3) {
  const [column, row] = ACROSS[axis];
  return [(place[column] - columns[0]) / pixel, (rows[1] - place[row]) / pixel] as const;
}

/** The place under a CSS pixel, on the slice through `at`. */
export function placeUnder(
  axis: Axis,
  { columns, rows }: SliceWindow,
  pixel: number,
  at: Vec3,
  x: number,
  y: number,
): Vec3 {
  const [column, row] = ACROSS[axis];
  const place: [number, number, number] = [...at];
  place[column] = columns[0] + x * pixel;
  place[row] = rows[1] - y * pixel;
  return place;
}

/** The closest place in the tomogram. */
export function within({ shape, voxelSize, origin }: SourceGrid, place: Vec3): Vec3 {
  const inside = (i: 0 | 1 | 2) =>
    Math.min(origin[i] + (shape[2 - i] - 1) * voxelSize[i], Math.max(origin[i], place[i]));
  return [inside(0), inside(1), inside(2)];
}

/** Position of an axis in x, y, z. */
export const alongOf = (axis: Axis): 0 | 1 | 2 => (2 - PLACE[axis]) as 0 | 1 | 2;
