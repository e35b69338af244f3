import type { Region } from '../volume/region.ts';
import type { Grid } from '../volume/grid.ts';
import type { Shape3, Vec3, VoxelArray } from '../volume/types.ts';
import { type Matrix3, multiplyVector } from './rotation.ts';
import { mapTo } from '../typed-arrays.ts';

/** The box that a network takes of a particle. */
export interface ParticleBox {
  /** `[z, y, x]` */
  readonly shape: Shape3;
  /** Å */
  readonly voxelSize: number;
}

/** How a particle's box is cut out of its tomogram, decided before any value is read. */
export interface BoxPlan {
  /** Voxels of the tomogram that the box depends on; null where it lies outside altogether. */
  readonly region: Region | null;
  /** The box; of a turned one the axes are the particle's own. */
  readonly grid: Grid;
  /** Upright box of the same voxel size that holds the turned one; the box itself where it is not turned. */
  readonly upright: Grid;
  readonly rotation: Matrix3 | null;
  readonly source: Grid;
  /** Share of the box, 0 to 1, that lies in the tomogram. */
  readonly covered: number;
}

/** Half-width of the interpolation kernel, in voxels of the coarser grid (Lanczos 3). */
const LOBES = 3;

/**
 * Plans the box around a particle. Its centre stands at the box's; with a rotation the box is turned with the particle,
 * so that the reference's axes are those of the result.
 *
 * @param position x, y, z in Å from the centre of the tomogram's first voxel
 * @param rotation of the reference into the tomogram; null leaves the tomogram's axes
 */
export function planBox(
  source: Grid,
  position: Vec3,
  box: ParticleBox,
  rotation: Matrix3 | null = null,
): BoxPlan {
  const { shape, voxelSize } = box;
  const world: Vec3 = [
    source.origin[0] + position[0],
    source.origin[1] + position[1],
    source.origin[2] + position[2],
  ];
  const grid = around(world, shape, voxelSize);
  const half = Math.ceil(Math.hypot(...shape) / 2) + LOBES;
  const upright = rotation ? around(world, [2 * half, 2 * half, 2 * half], voxelSize) : grid;
  const first = [0, 0, 0];
  const last = [0, 0, 0];
  let covered = 1;
  for (let axis = 0; axis < 3; axis++) {
    const n = source.shape[axis];
    const { start, step } = along(source, upright, axis);
    const reach = LOBES * Math.max(1, step);
    first[axis] = Math.max(0, Math.floor(start - reach));
    last[axis] = Math.min(n, Math.ceil(start + step * (upright.shape[axis] - 1) + reach) + 1);
    const own = along(source, grid, axis);
    const low = own.start - step / 2;
    const high = low + step * shape[axis];
    covered *= Math.max(0, Math.min(high, n - 0.5) - Math.max(low, -0.5)) / (high - low);
  }
  const size = last.map((to, axis) => to - first[axis]);
  const region = size.every((n) => n > 0)
    ? {
        start: [first[0], first[1], first[2]] as Shape3,
        shape: [size[0], size[1], size[2]] as Shape3,
      }
    : null;
  return { region, grid, upright, rotation, source, covered };
}

/**
 * Cuts a planned box out of the values of its region, resampled by a windowed sinc (Lanczos 3, whose width grows with
 * the voxel where that is larger, so that nothing is aliased). What lies outside the tomogram is `fill`.
 */
export function cutBox(plan: BoxPlan, values: VoxelArray, fill: number): Float32Array<ArrayBuffer> {
  const { source, upright, grid, rotation, region } = plan;
  if (!region) return new Float32Array(grid.shape[0] * grid.shape[1] * grid.shape[2]).fill(fill);
  const taps = [0, 1, 2].map((axis) => tapsOf(source, upright, axis, region));
  const level = mapTo(new Float32Array(values.length), values, (value) =>
    value - value === 0 ? value - fill : 0,
  );
  const [nz, ny, nx] = region.shape;
  const [mz, my, mx] = upright.shape;
  const alongX = pass(level, nz * ny, nx, 1, taps[2]);
  const alongY = pass(alongX, nz, ny, mx, taps[1]);
  const cut = pass(alongY, 1, nz, my * mx, taps[0]);
  const out = rotation ? turned(cut, [mz, my, mx], grid.shape, rotation) : cut;
  for (let i = 0; i < out.length; i++) out[i] += fill;
  return out;
}

function around([x, y, z]: Vec3, shape: Shape3, voxelSize: number): Grid {
  const [nz, ny, nx] = shape;
  const origin: Vec3 = [
    x - ((nx - 1) / 2) * voxelSize,
    y - ((ny - 1) / 2) * voxelSize,
    z - ((nz - 1) / 2) * voxelSize,
  ];
  return { shape, voxelSize: [voxelSize, voxelSize, voxelSize], origin };
}

/** Position in the source of the centre of output voxel 0, and the way from one to the next, in source voxels. */
function along(source: Grid, to: Grid, axis: number) {
  const xyz = 2 - axis;
  return {
    start: (to.origin[xyz] - source.origin[xyz]) / source.voxelSize[xyz],
    step: to.voxelSize[xyz] / source.voxelSize[xyz],
  };
}

interface Taps {
  readonly perOutput: number;
  /** First source voxel of each output voxel, counted in the region. */
  readonly first: Int32Array;
  /** Weights of `perOutput` voxels from there; zero outside the region. */
  readonly weight: Float64Array;
}

function tapsOf(source: Grid, to: Grid, axis: number, { start: from, shape }: Region): Taps {
  const { start, step } = along(source, to, axis);
  const width = Math.max(1, step);
  const perOutput = Math.min(2 * Math.ceil(LOBES * width) + 1, shape[axis]);
  const count = to.shape[axis];
  const first = new Int32Array(count);
  const weight = new Float64Array(count * perOutput);
  for (let i = 0; i < count; i++) {
    const centre = start + i * step - from[axis];
    const lowest = Math.ceil(centre - LOBES * width);
    const highest = Math.floor(centre + LOBES * width);
    let total = 0;
    for (let at = lowest; at <= highest; at++) total += lanczos((at - centre) / width);
    first[i] = Math.min(Math.max(lowest, 0), shape[axis] - perOutput);
    for (let k = 0; k < perOutput; k++) {
      const at = first[i] + k;
      const inReach = at >= lowest && at <= highest;
      weight[i * perOutput + k] = inReach ? lanczos((at - centre) / width) / total : 0;
    }
  }
  return { perOutput, first, weight };
}

function lanczos(t: number): number {
  if (Math.abs(t) < 1e-9) return 1;
  if (Math.abs(t) >= LOBES) return 0;
  const u = Math.PI * t;
  return (LOBES * Math.sin(u) * Math.sin(u / LOBES)) / (u * u);
}

/** Interpolates `[outer, n, inner]` along its middle axis. */
function pass(
  data: Float32Array,
  outer: number,
  n: number,
  inner: number,
  { perOutput, first, weight }: Taps,
): Float32Array<ArrayBuffer> {
  const count = first.length;
  const out = new Float32Array(outer * count * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const to = (o * count + i) * inner;
      for (let k = 0; k < perOutput; k++) {
        const w = weight[i * perOutput + k];
        if (w === 0) continue;
        const from = (o * n + first[i] + k) * inner;
        for (let q = 0; q < inner; q++) out[to + q] += w * data[from + q];
      }
    }
  }
  return out;
}

/** The values of a box turned by `rotation` about the common centre, of equal voxel size; Lanczos 3 along each axis. */
function turned(
  data: Float32Array,
  [mz, my, mx]: Shape3,
  [nz, ny, nx]: Shape3,
  rotation: Matrix3,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(nz * ny * nx);
  const wide = 2 * LOBES;
  const weights = [new Float64Array(wide), new Float64Array(wide), new Float64Array(wide)];
  const lowest = [0, 0, 0];
  const sizes = [mx, my, mz];
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        const place = multiplyVector(rotation, [
          x - (nx - 1) / 2,
          y - (ny - 1) / 2,
          z - (nz - 1) / 2,
        ]);
        for (let axis = 0; axis < 3; axis++) {
          const centre = place[axis] + (sizes[axis] - 1) / 2;
          lowest[axis] = Math.floor(centre) - LOBES + 1;
          let total = 0;
          for (let k = 0; k < wide; k++) {
            weights[axis][k] = lanczos(lowest[axis] + k - centre);
            total += weights[axis][k];
          }
          for (let k = 0; k < wide; k++) weights[axis][k] /= total;
        }
        let sum = 0;
        for (let c = 0; c < wide; c++) {
          for (let b = 0; b < wide; b++) {
            const w = weights[2][c] * weights[1][b];
            const row = ((lowest[2] + c) * my + lowest[1] + b) * mx + lowest[0];
            for (let a = 0; a < wide; a++) sum += w * weights[0][a] * data[row + a];
          }
        }
        out[at] = sum;
      }
    }
  }
  return out;
}
