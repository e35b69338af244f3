import { cutBox, type Matrix3, planBox } from '../particles/index.ts';
import { multiplyVector } from '../particles/rotation.ts';
import { turnedMap } from './turned.ts';
import type { Grid, Shape3, Vec3 } from '../volume/index.ts';

/** Voxels: a quarter turn leaves no voxel out. */
const ROUNDING = 1e-6;

/** Mean and spread of boxes that have been brought into the orientation of a reference. */
export class AlignedMean {
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly weight: Float64Array;
  private boxes = 0;

  /** @param grid of every box */
  constructor(private readonly grid: Grid) {
    const size = grid.shape.reduce((a, b) => a * b, 1);
    this.sum = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.weight = new Float64Array(size);
  }

  get count(): number {
    return this.boxes;
  }

  /**
   * @param box values on the grid, of a particle in its middle
   * @param rotation of the reference into the box; null for a box that is aligned already
   */
  add(box: Float32Array, rotation: Matrix3 | null): void {
    this.addTurned(rotation ? turn(box, this.grid, rotation) : box);
  }

  /**
   * @param map of a layer of `shape`, `[z, y, x]`, over the whole box
   * @param rotation of the reference into the box; null for a box that is aligned already
   */
  addMap(map: Float32Array, shape: Shape3, rotation: Matrix3 | null): void {
    this.addTurned(turnedMap(map, shape, this.grid.shape, rotation));
  }

  /** NaN is beyond the box and does not count. */
  private addTurned(values: Float32Array): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (Number.isNaN(value)) continue;
      this.sum[i] += value;
      this.squares[i] += value * value;
      this.weight[i]++;
    }
    this.boxes++;
  }

  /** Of the boxes that reach to a voxel; 0 where none does. */
  mean(): Float32Array {
    const out = new Float32Array(this.sum.length);
    for (let i = 0; i < out.length; i++)
      if (this.weight[i] > 0) out[i] = this.sum[i] / this.weight[i];
    return out;
  }

  /** Standard deviation between the boxes (with n - 1); 0 where fewer than two reach. */
  spread(): Float32Array {
    const out = new Float32Array(this.sum.length);
    for (let i = 0; i < out.length; i++) {
      const n = this.weight[i];
      if (n < 2) continue;
      const mean = this.sum[i] / n;
      out[i] = Math.sqrt(Math.max(0, (this.squares[i] - n * mean * mean) / (n - 1)));
    }
    return out;
  }
}

/** A box in the orientation of the reference, about its middle; NaN beyond the centres of its outermost voxels. */
function turn(box: Float32Array, grid: Grid, rotation: Matrix3): Float32Array {
  const { shape, voxelSize } = grid;
  const [nz, ny, nx] = shape;
  const middle: Vec3 = [
    ((nx - 1) / 2) * voxelSize[0],
    ((ny - 1) / 2) * voxelSize[1],
    ((nz - 1) / 2) * voxelSize[2],
  ];
  const target: { shape: Shape3; voxelSize: number } = { shape, voxelSize: voxelSize[0] };
  const out = cutBox(planBox(grid, middle, target, rotation), box, 0);
  const half = [(nx - 1) / 2, (ny - 1) / 2, (nz - 1) / 2];
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++) {
        const from = multiplyVector(rotation, [x - half[0], y - half[1], z - half[2]]);
        if (from.some((value, axis) => Math.abs(value) > half[axis] + ROUNDING)) out[at] = NaN;
      }
  return out;
}
