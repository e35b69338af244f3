import type { Shape3, Vec3 } from '../../volume/types.ts';
import { type Ball, HALF_BILAYER } from './place.ts';

/** Density that is being put together, `[z, y, x]`. */
export interface Canvas {
  readonly data: Float32Array;
  readonly shape: Shape3;
  /** Å. */
  readonly voxelSize: number;
}

/** Å: the low-pass filter of the templates, `exp(-(40 k)^2)`, as a Gaussian in space. */
const BLUR = 40 / (Math.PI * Math.SQRT2);
/** Å: from the middle of a bilayer to its head groups, and how thick these are. */
const HEADS = 18;
const HEAD_SIGMA = Math.hypot(6, BLUR);

/** Adds a cube `[n, n, n]` with its first voxel at voxel `corner` (x, y, z); what is outside is left out. */
export function addCube(
  { data, shape }: Canvas,
  cube: Float32Array,
  n: number,
  corner: Vec3,
): void {
  const [nz, ny, nx] = shape;
  const [cx, cy, cz] = corner;
  for (let z = Math.max(0, -cz); z < Math.min(n, nz - cz); z++) {
    for (let y = Math.max(0, -cy); y < Math.min(n, ny - cy); y++) {
      const from = (z * n + y) * n;
      const to = ((z + cz) * ny + y + cy) * nx + cx;
      for (let x = Math.max(0, -cx); x < Math.min(n, nx - cx); x++) data[to + x] += cube[from + x];
    }
  }
}

/** Adds a vesicle: two leaflets of `peak` density. */
export function addMembrane(canvas: Canvas, { centre, radius }: Ball, peak: number): void {
  const { voxelSize } = canvas;
  const leaflet = (d: number) => Math.exp(-(d * d) / (2 * HEAD_SIGMA * HEAD_SIGMA));
  const reach = radius + HALF_BILAYER / voxelSize;
  addRadial(canvas, centre, reach, (d) => {
    const off = (d - radius) * voxelSize;
    return Math.abs(off) > HALF_BILAYER ? 0 : peak * (leaflet(off - HEADS) + leaflet(off + HEADS));
  });
}

/** Adds a bead of even density. */
export function addBead(canvas: Canvas, { centre, radius }: Ball, density: number): void {
  const { voxelSize } = canvas;
  const soft = BLUR / voxelSize;
  // A logistic edge is within 2% of the error function that a Gaussian filter makes of a step.
  addRadial(
    canvas,
    centre,
    radius + 4 * soft,
    (d) => density / (1 + Math.exp((1.702 * (d - radius)) / soft)),
  );
}

/** Adds `value(distance)`, in voxels, up to `reach`. */
function addRadial(
  { data, shape: [nz, ny, nx] }: Canvas,
  [x0, y0, z0]: Vec3,
  reach: number,
  value: (distance: number) => number,
): void {
  const range = (at: number, n: number) =>
    [Math.max(0, Math.ceil(at - reach)), Math.min(n - 1, Math.floor(at + reach))] as const;
  const [zFrom, zTo] = range(z0, nz);
  const [yFrom, yTo] = range(y0, ny);
  const [xFrom, xTo] = range(x0, nx);
  for (let z = zFrom; z <= zTo; z++)
    for (let y = yFrom; y <= yTo; y++)
      for (let x = xFrom, at = (z * ny + y) * nx + xFrom; x <= xTo; x++, at++) {
        const d = Math.hypot(x - x0, y - y0, z - z0);
        if (d <= reach) data[at] += value(d);
      }
}
