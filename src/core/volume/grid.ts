import type { Shape3, Vec3 } from './types.ts';

/** Where the voxels of a volume lie in the world; every volume is one. */
export interface Grid {
  readonly shape: Shape3;
  /** Å per voxel along x, y, z. */
  readonly voxelSize: Vec3;
  /** Å, centre of voxel (0, 0, 0). */
  readonly origin: Vec3;
  /** Row 0 is the top one, as in pictures. */
  readonly rowsDown?: boolean;
}

/** World position in Å of voxel coordinates `(x, y, z)`; whole numbers are voxel centres. */
export function voxelToWorld({ origin, voxelSize }: Grid, [x, y, z]: Vec3): Vec3 {
  return [origin[0] + x * voxelSize[0], origin[1] + y * voxelSize[1], origin[2] + z * voxelSize[2]];
}

/** Voxel coordinates `(x, y, z)` of a world position in Å. */
export function worldToVoxel({ origin, voxelSize }: Grid, [x, y, z]: Vec3): Vec3 {
  return [
    (x - origin[0]) / voxelSize[0],
    (y - origin[1]) / voxelSize[1],
    (z - origin[2]) / voxelSize[2],
  ];
}

/** Å along x, y, z, outer faces of the outer voxels included. */
export function boxSize({ shape, voxelSize }: Grid): Vec3 {
  return [shape[2] * voxelSize[0], shape[1] * voxelSize[1], shape[0] * voxelSize[2]];
}

/** World position in Å of the middle of the box. */
export function boxCentre(grid: Grid): Vec3 {
  const [nz, ny, nx] = grid.shape;
  return voxelToWorld(grid, [(nx - 1) / 2, (ny - 1) / 2, (nz - 1) / 2]);
}

/** The grid of another number of voxels over the same box, e.g. of a layer over its input. */
export function regrid(grid: Grid, shape: Shape3): Grid {
  const size = boxSize(grid);
  const voxelSize: Vec3 = [size[0] / shape[2], size[1] / shape[1], size[2] / shape[0]];
  return { shape, voxelSize, origin: alignLowerFaces(grid, voxelSize) };
}

/** Origin that puts the lower faces of both grids in the same place. */
function alignLowerFaces({ origin, voxelSize }: Grid, next: Vec3): Vec3 {
  const at = (i: 0 | 1 | 2): number => origin[i] + (next[i] - voxelSize[i]) / 2;
  return [at(0), at(1), at(2)];
}

/** The grid with `shape` voxels of `voxelSize` Å whose box has the same centre. */
export function centredGrid(grid: Grid, shape: Shape3, voxelSize: Vec3): Grid {
  const centre = boxCentre(grid);
  const origin: Vec3 = [
    centre[0] - ((shape[2] - 1) / 2) * voxelSize[0],
    centre[1] - ((shape[1] - 1) / 2) * voxelSize[1],
    centre[2] - ((shape[0] - 1) / 2) * voxelSize[2],
  ];
  return { shape, voxelSize, origin };
}

export function sameShape(a: Shape3, b: Shape3): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
