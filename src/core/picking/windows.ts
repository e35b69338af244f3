import type { Shape3 } from '../volume/types.ts';

/** Windows of a network over a volume, at even distances. */
export interface WindowGrid {
  /** Windows along z, y, x. */
  readonly shape: Shape3;
  /** Voxel at which the first window begins; below 0 where it hangs out of the volume. */
  readonly first: Shape3;
  /** Voxels between windows. */
  readonly stride: number;
  /** Voxels of one window, `[z, y, x]`. */
  readonly size: Shape3;
}

/** The windows whose centres stand in a volume `[z, y, x]`; those at the faces hang out of it. */
export function planWindows(volume: Shape3, size: Shape3, stride: number): WindowGrid {
  const first = size.map((n) => -Math.floor((n - 1) / 2 / stride) * stride);
  const count = volume.map((n, axis) => {
    const centre = first[axis] + (size[axis] - 1) / 2;
    return Math.max(1, Math.floor((n - 1 - centre) / stride) + 1);
  });
  return {
    shape: [count[0], count[1], count[2]],
    first: [first[0], first[1], first[2]],
    stride,
    size,
  };
}

export const windowCount = ({ shape }: WindowGrid) => shape[0] * shape[1] * shape[2];

/** Voxel at which window `index` begins, z, y, x. */
export function windowStart({ shape, first, stride }: WindowGrid, index: number): Shape3 {
  const [, ny, nx] = shape;
  const x = index % nx;
  const y = Math.floor(index / nx) % ny;
  const z = Math.floor(index / (nx * ny));
  return [first[0] + stride * z, first[1] + stride * y, first[2] + stride * x];
}

/** Mean and standard deviation of the part of each window that lies in the volume. */
export interface WindowStats {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/**
 * Of all windows at once: sums over blocks that windows are made of, then running sums along each axis.
 *
 * @param volume `[z, y, x]`
 */
export function windowStats(volume: Float32Array, shape: Shape3, grid: WindowGrid): WindowStats {
  const { size, stride, first } = grid;
  const block = size.map((n) => gcd(n, stride));
  // Blocks from the first window on; those outside the volume are empty.
  const blocks = size.map(
    (n, axis) => ((grid.shape[axis] - 1) * stride + n) / block[axis],
  ) as unknown as Shape3;
  const shift = meanOf(volume);
  const sums = [0, 1, 2].map(() => new Float64Array(blocks[0] * blocks[1] * blocks[2]));
  const [count, sum, square] = sums;
  const [nz, ny, nx] = shape;
  const inBlock = (axis: number, at: number) => Math.floor((at - first[axis]) / block[axis]);
  const columns = Int32Array.from({ length: nx }, (_, x) => inBlock(2, x));
  for (let z = 0; z < nz; z++) {
    const bz = inBlock(0, z);
    if (bz >= blocks[0]) break;
    for (let y = 0; y < ny; y++) {
      const by = inBlock(1, y);
      if (by >= blocks[1]) break;
      const row = (bz * blocks[1] + by) * blocks[2];
      for (let x = 0, at = (z * ny + y) * nx; x < nx && columns[x] < blocks[2]; x++, at++) {
        const value = volume[at] - shift;
        const to = row + columns[x];
        count[to]++;
        sum[to] += value;
        square[to] += value * value;
      }
    }
  }
  const [n, total, squares] = sums.map((values) => {
    let current: Float64Array = values;
    const now = [...blocks];
    for (let axis = 2; axis >= 0; axis--) {
      const per = size[axis] / block[axis];
      current = running(current, now, axis, per, stride / block[axis], grid.shape[axis]);
      now[axis] = grid.shape[axis];
    }
    return current;
  });
  const mean = new Float32Array(n.length);
  const std = new Float32Array(n.length);
  for (let i = 0; i < n.length; i++) {
    const m = n[i] > 0 ? total[i] / n[i] : 0;
    mean[i] = m + shift;
    std[i] = n[i] > 0 ? Math.sqrt(Math.max(0, squares[i] / n[i] - m * m)) : 0;
  }
  return { mean, std };
}

/** Sums of `width` neighbours along an axis, `step` apart. */
function running(
  data: Float64Array,
  shape: readonly number[],
  axis: number,
  width: number,
  step: number,
  count: number,
): Float64Array {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const out = new Float64Array(outer * count * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < count; i++)
      for (let k = 0; k < width; k++) {
        const from = (o * shape[axis] + i * step + k) * inner;
        const to = (o * count + i) * inner;
        for (let q = 0; q < inner; q++) out[to + q] += data[from + q];
      }
  return out;
}

function meanOf(data: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  return data.length > 0 ? sum / data.length : 0;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
