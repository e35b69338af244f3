import { type Grid, regrid, type Shape3, type Vec3, voxelToWorld } from '../volume/index.ts';
import { coverage } from './coverage.ts';
import type { Particle } from './particle.ts';

/** The surface of a heatmap that is spoken of: a share of its largest magnitude (the paper's second contour). */
export const HELD_LEVEL = 0.3;

/** The largest value of one sign. */
export interface Peak {
  readonly value: number;
  /** Of the map's own grid, x, y, z from 0. */
  readonly voxel: Vec3;
  /** Å, world: the middle of that voxel. */
  readonly position: Vec3;
  /** Share of that voxel in the particle; null without a particle. */
  readonly covered: number | null;
  /** Å, from the particle's centre along x, y, z; null without a particle. */
  readonly offset: Vec3 | null;
}

/** Where what speaks for a class, or against it, lies. */
export interface SignedWhere {
  /** Sum of the values of this sign. */
  readonly mass: number;
  /** Share of it inside the particle; null where there is none of either. */
  readonly inside: number | null;
  readonly peak: Peak | null;
  /** Å, world: centre of mass. */
  readonly centroid: Vec3 | null;
  /** Å: radius of gyration about the centroid, voxels taken as filled boxes. */
  readonly extent: number | null;
  /** Share of the mass in voxels beyond 30 percent of the map's largest magnitude. */
  readonly held: number | null;
}

/** Where a map's evidence lies, on the map's own grid. */
export interface Where {
  readonly grid: Grid;
  readonly particle: {
    readonly by: Particle['by'];
    /** Å, world. */
    readonly centre: Vec3;
    /** Share of the box that it takes: what a map without any place would have inside. */
    readonly share: number;
    /** Of the voxel of the map's grid that holds most of it: no map on this grid can have more inside. */
    readonly most: number;
  } | null;
  readonly positive: SignedWhere;
  readonly negative: SignedWhere;
}

/**
 * Where the positive and the negative values of a map lie. A value is spread evenly over its voxel, so that shares
 * inside the particle are exact on any grid.
 *
 * @param data `[z, y, x]` of shape `shape`, over the same box as `box`
 * @param box grid of the input that the map is of
 */
export function whereIs(
  data: ArrayLike<number>,
  shape: Shape3,
  box: Grid,
  particle: Particle | null,
): Where {
  const grid = regrid(box, shape);
  const covered = particle && coverage(particle.mask, particle.grid.shape, shape);
  let peak = 0;
  for (let v = 0; v < data.length; v++) peak = Math.max(peak, Math.abs(data[v]));
  const side = (sign: 1 | -1) =>
    signedWhere(data, grid, sign, HELD_LEVEL * peak, particle, covered);
  return {
    grid,
    particle: particle && {
      by: particle.by,
      centre: particle.centre,
      share: particle.share,
      most: covered!.reduce((most, value) => Math.max(most, value), 0),
    },
    positive: side(1),
    negative: side(-1),
  };
}

function signedWhere(
  data: ArrayLike<number>,
  grid: Grid,
  sign: 1 | -1,
  level: number,
  particle: Particle | null,
  covered: Float64Array | null,
): SignedWhere {
  const [nz, ny, nx] = grid.shape;
  let mass = 0;
  let inside = 0;
  let held = 0;
  let best = -1;
  const first = [0, 0, 0];
  const second = [0, 0, 0];
  for (let z = 0, v = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, v++) {
        const value = sign * data[v];
        if (!(value > 0)) continue;
        mass += value;
        if (covered) inside += value * covered[v];
        if (value >= level) held += value;
        if (best < 0 || value > sign * data[best]) best = v;
        for (const [axis, at] of [x, y, z].entries()) {
          first[axis] += value * at;
          second[axis] += value * at * at;
        }
      }
    }
  }
  if (best < 0)
    return { mass: 0, inside: null, peak: null, centroid: null, extent: null, held: null };
  const [mx, my, mz] = first.map((sum) => sum / mass);
  // An axis of one voxel is that of a picture: it has no extent.
  const squares = [nx, ny, nz].map((n, axis) => {
    const spread = second[axis] / mass - (first[axis] / mass) ** 2;
    return n === 1 ? 0 : (Math.max(0, spread) + 1 / 12) * grid.voxelSize[axis] ** 2;
  });
  const voxel: Vec3 = [best % nx, Math.floor(best / nx) % ny, Math.floor(best / (nx * ny))];
  const position = voxelToWorld(grid, voxel);
  const from = (axis: 0 | 1 | 2) => position[axis] - particle!.centre[axis];
  return {
    mass: sign * mass,
    inside: covered ? inside / mass : null,
    peak: {
      value: data[best],
      voxel,
      position,
      covered: covered ? covered[best] : null,
      offset: particle && [from(0), from(1), from(2)],
    },
    centroid: voxelToWorld(grid, [mx, my, mz]),
    extent: Math.sqrt(squares[0] + squares[1] + squares[2]),
    held: held / mass,
  };
}
