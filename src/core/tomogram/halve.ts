import type { SourceGrid } from '../volume/prepare.ts';
import type { Shape3, VoxelArray } from '../volume/types.ts';

/** Steps of a halving along z, y, x: 2, or 1 where there is one voxel only. */
const stepsOf = (shape: Shape3) => shape.map((n) => (n > 1 ? 2 : 1));

/** The grid of the averages of blocks of 2 x 2 x 2 voxels; a last odd voxel is left out. */
export function halvedGrid<G extends SourceGrid>(grid: G): G {
  const [sz, sy, sx] = stepsOf(grid.shape);
  const [nz, ny, nx] = grid.shape;
  const { voxelSize: v, origin: o } = grid;
  return {
    ...grid,
    shape: [Math.floor(nz / sz), Math.floor(ny / sy), Math.floor(nx / sx)],
    voxelSize: [v[0] * sx, v[1] * sy, v[2] * sz],
    origin: [
      o[0] + ((sx - 1) / 2) * v[0],
      o[1] + ((sy - 1) / 2) * v[1],
      o[2] + ((sz - 1) / 2) * v[2],
    ],
  };
}

/** Averages sections of `[ny, nx]` values, one after the other, into half as many of half the size. */
export class Halver {
  readonly #steps: readonly number[];
  readonly #size: readonly [ny: number, nx: number];
  readonly #out: Float32Array;
  #taken = 0;

  /** @param use gets each section as it is done; it is valid until the next one */
  constructor(
    readonly shape: Shape3,
    readonly use: (section: Float32Array) => void,
  ) {
    this.#steps = stepsOf(shape);
    const [, sy, sx] = this.#steps;
    this.#size = [Math.floor(shape[1] / sy), Math.floor(shape[2] / sx)];
    this.#out = new Float32Array(this.#size[0] * this.#size[1]);
  }

  /** The next section; values that are not finite are left out of the averages. */
  add(section: VoxelArray): void {
    const [sz, sy, sx] = this.#steps;
    const [ny, nx] = this.#size;
    const columns = this.shape[2];
    const first = this.#taken % sz === 0;
    const weight = 1 / (sx * sy * sz);
    for (let y = 0; y < ny; y++) {
      let to = y * nx;
      for (let x = 0; x < nx; x++, to++) {
        let sum = 0;
        for (let j = 0; j < sy; j++) {
          const at = (y * sy + j) * columns + x * sx;
          sum += sx === 2 ? section[at] + section[at + 1] : section[at];
        }
        if (sum - sum !== 0) sum = this.#finite(section, y, x) * sy * sx;
        this.#out[to] = (first ? 0 : this.#out[to]) + sum * weight;
      }
    }
    this.#taken++;
    if (this.#taken % sz === 0) this.use(this.#out);
  }

  /** Mean of the finite values of a block; 0 where there are none. */
  #finite(section: VoxelArray, y: number, x: number): number {
    const [, sy, sx] = this.#steps;
    let sum = 0;
    let count = 0;
    for (let j = 0; j < sy; j++) {
      for (let i = 0; i < sx; i++) {
        const value = section[(y * sy + j) * this.shape[2] + x * sx + i];
        if (value - value !== 0) continue;
        sum += value;
        count++;
      }
    }
    return count > 0 ? sum / count : 0;
  }
}
