import { aborted } from '../core/errors.ts';
import type { FloatVolume, Shape3, Vec3 } from '../core/volume/types.ts';
import { statsOf } from './stats.ts';

/** The box of `shape` voxels about the centre of `volume`; what lies outside gets the mean. */
export function cropToShape(volume: FloatVolume, shape: Shape3): FloatVolume {
  const start = shape.map((n, axis) => Math.floor((volume.shape[axis] - n) / 2));
  const [nz, ny, nx] = shape;
  const [sz, sy, sx] = volume.shape;
  const data = new Float32Array(nz * ny * nx);
  if (shape.some((n, axis) => n > volume.shape[axis])) data.fill(statsOf(volume.data).mean);
  const x0 = Math.max(0, start[2]);
  const x1 = Math.min(sx, start[2] + nx);
  for (let z = 0; z < nz; z++) {
    const fromZ = z + start[0];
    if (fromZ < 0 || fromZ >= sz) continue;
    for (let y = 0; y < ny; y++) {
      const fromY = y + start[1];
      if (fromY < 0 || fromY >= sy) continue;
      const row = (fromZ * sy + fromY) * sx;
      data.set(volume.data.subarray(row + x0, row + x1), (z * ny + y) * nx + x0 - start[2]);
    }
  }
  const [vx, vy, vz] = volume.voxelSize;
  const [ox, oy, oz] = volume.origin;
  const origin: Vec3 = [ox + start[2] * vx, oy + start[1] * vy, oz + start[0] * vz];
  return { data, shape, voxelSize: volume.voxelSize, origin };
}

/** Å; the middle of the box that the voxels fill. */
export function centreOf({ shape, voxelSize, origin }: FloatVolume): [number, number, number] {
  return [2, 1, 0].map((axis, i) => origin[i] + ((shape[axis] - 1) / 2) * voxelSize[i]) as [
    number,
    number,
    number,
  ];
}

const BUDGET_MS = 12;

/**
 * `volume` on a grid of `shape` voxels of `voxelSize` Å about the same centre. Each new voxel is the
 * mean of trilinear samples spread over its own box, at most one old voxel apart, so that shrinking
 * does not alias; outside the volume its mean is taken. Lets the event loop run every 12 ms.
 */
export async function resampleToGrid(
  volume: FloatVolume,
  shape: Shape3,
  voxelSize: Vec3,
  signal: AbortSignal,
): Promise<FloatVolume> {
  const [nz, ny, nx] = shape;
  const centre = centreOf(volume);
  const origin: Vec3 = [
    centre[0] - ((nx - 1) / 2) * voxelSize[0],
    centre[1] - ((ny - 1) / 2) * voxelSize[1],
    centre[2] - ((nz - 1) / 2) * voxelSize[2],
  ];
  const outside = statsOf(volume.data).mean;
  const axes = [0, 1, 2].map((i) => samples(volume, i, origin[i], voxelSize[i], shape[2 - i]));
  const data = new Float32Array(nz * ny * nx);
  let since = performance.now();
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        data[(z * ny + y) * nx + x] = boxMean(volume, axes[0][x], axes[1][y], axes[2][z], outside);
      }
      if (performance.now() - since > BUDGET_MS) {
        await new Promise((resume) => setTimeout(resume));
        if (signal.aborted) throw aborted();
        since = performance.now();
      }
    }
  }
  return { data, shape, voxelSize, origin };
}

/** For each new voxel of one axis the fractional old indices that it averages over. */
function samples(
  volume: FloatVolume,
  axis: number,
  origin: number,
  step: number,
  n: number,
): Float64Array[] {
  const per = Math.max(1, Math.round(step / volume.voxelSize[axis]));
  return Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: per }, (_, k) => {
      const world = origin + (i + (k + 0.5) / per - 0.5) * step;
      return (world - volume.origin[axis]) / volume.voxelSize[axis];
    }),
  );
}

function boxMean(
  { data, shape: [sz, sy, sx] }: FloatVolume,
  xs: Float64Array,
  ys: Float64Array,
  zs: Float64Array,
  outside: number,
): number {
  let total = 0;
  for (const z of zs) {
    for (const y of ys) {
      for (const x of xs) {
        // Half a voxel beyond the outermost centres still belongs to the volume.
        if (x < -0.5 || y < -0.5 || z < -0.5 || x > sx - 0.5 || y > sy - 0.5 || z > sz - 0.5) {
          total += outside;
          continue;
        }
        const cx = Math.min(Math.max(x, 0), sx - 1);
        const cy = Math.min(Math.max(y, 0), sy - 1);
        const cz = Math.min(Math.max(z, 0), sz - 1);
        const x0 = Math.floor(cx);
        const y0 = Math.floor(cy);
        const z0 = Math.floor(cz);
        const x1 = Math.min(x0 + 1, sx - 1);
        const fx = cx - x0;
        const fy = cy - y0;
        const fz = cz - z0;
        const r00 = (z0 * sy + y0) * sx;
        const r01 = (z0 * sy + Math.min(y0 + 1, sy - 1)) * sx;
        const r10 = (Math.min(z0 + 1, sz - 1) * sy + y0) * sx;
        const r11 = r10 - r00 + r01;
        const near =
          (data[r00 + x0] * (1 - fx) + data[r00 + x1] * fx) * (1 - fy) +
          (data[r01 + x0] * (1 - fx) + data[r01 + x1] * fx) * fy;
        const far =
          (data[r10 + x0] * (1 - fx) + data[r10 + x1] * fx) * (1 - fy) +
          (data[r11 + x0] * (1 - fx) + data[r11 + x1] * fx) * fy;
        total += near * (1 - fz) + far * fz;
      }
    }
  }
  return total / (xs.length * ys.length * zs.length);
}

/** Å; edge lengths of the box that a grid fills. */
export function extent({ shape, voxelSize }: FloatVolume): Vec3 {
  return [shape[2] * voxelSize[0], shape[1] * voxelSize[1], shape[0] * voxelSize[2]];
}
