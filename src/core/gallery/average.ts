import { cutBox, type Matrix3, planBox } from '../particles/index.ts';
import { multiplyVector } from '../particles/rotation.ts';
import type { Grid, Shape3, Vec3 } from '../volume/index.ts';

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
    const turned = rotation ? turn(box, this.grid, rotation) : box;
    const inside = rotation ? reached(this.grid, rotation) : null;
    for (let i = 0; i < turned.length; i++) {
      if (inside && inside[i] === 0) continue;
      this.sum[i] += turned[i];
      this.squares[i] += turned[i] * turned[i];
      this.weight[i]++;
    }
    this.boxes++;
  }

  /** Of the boxes that reach to a voxel; 0 where none does. */
  mean(): Float32Array {
    return Float32Array.from(this.sum, (sum, i) => (this.weight[i] > 0 ? sum / this.weight[i] : 0));
  }

  /** Standard deviation between the boxes (with n - 1); 0 where fewer than two reach. */
  spread(): Float32Array {
    return Float32Array.from(this.squares, (square, i) => {
      const n = this.weight[i];
      if (n < 2) return 0;
      const mean = this.sum[i] / n;
      return Math.sqrt(Math.max(0, (square - n * mean * mean) / (n - 1)));
    });
  }
}

/** Which voxels of the turned box come from inside the box. */
function reached({ shape: [nz, ny, nx] }: Grid, rotation: Matrix3): Uint8Array {
  const half = [(nx - 1) / 2, (ny - 1) / 2, (nz - 1) / 2];
  const out = new Uint8Array(nz * ny * nx);
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++) {
        const from = multiplyVector(rotation, [x - half[0], y - half[1], z - half[2]]);
        out[at] = from.every((value, axis) => Math.abs(value) <= half[axis]) ? 1 : 0;
      }
  return out;
}

/** A box in the orientation of the reference, about its middle; 0 beyond its faces. */
function turn(box: Float32Array, grid: Grid, rotation: Matrix3): Float32Array {
  const { shape, voxelSize } = grid;
  const [nz, ny, nx] = shape;
  const middle: Vec3 = [
    ((nx - 1) / 2) * voxelSize[0],
    ((ny - 1) / 2) * voxelSize[1],
    ((nz - 1) / 2) * voxelSize[2],
  ];
  const target: { shape: Shape3; voxelSize: number } = { shape, voxelSize: voxelSize[0] };
  return cutBox(planBox(grid, middle, target, rotation), box, 0);
}
