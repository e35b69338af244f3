import { badInput } from '../../errors.ts';
import type { Shape3, Vec3 } from '../../volume/types.ts';
import type { Random } from '../random.ts';

/** What has to be placed; lengths in voxels. */
export interface Wanted {
  /** Of each particle, the sphere that holds it. */
  readonly particles: readonly number[];
  readonly membranes: number;
  readonly fiducials: number;
  /** Å of a voxel. */
  readonly voxelSize: number;
}

/** A sphere about x, y, z, in voxels from the centre of the first one. */
export interface Ball {
  readonly centre: Vec3;
  readonly radius: number;
}

export interface Placed {
  /** In the order of the particles asked for. */
  readonly particles: readonly Ball[];
  /** The middle of the bilayer. */
  readonly membranes: readonly Ball[];
  readonly fiducials: readonly Ball[];
}

/** Å. */
const VESICLE = { least: 150, most: 400 };
/** Å: from the middle of a bilayer to where nothing of it is left. */
export const HALF_BILAYER = 45;
/** Å: radius of a bead. */
export const BEAD = 50;

const TRIES = 5000;

/**
 * Random places at which nothing overlaps: beads and particles stand whole in the tomogram, vesicles may be cut by
 * its faces and hold particles inside. The largest particles are placed first.
 *
 * @throws AppError 'bad-input' when there is no room
 */
export function placeObjects(
  shape: Shape3,
  { particles, membranes, fiducials, voxelSize }: Wanted,
  random: Random,
): Placed {
  const balls = new Crowd(Math.max(BEAD / voxelSize, ...particles));
  const shells: Ball[] = [];
  const bilayer = HALF_BILAYER / voxelSize;
  const touchesShell = ({ centre, radius }: Ball) =>
    shells.some(
      (shell) => Math.abs(distance(shell.centre, centre) - shell.radius) < radius + bilayer,
    );
  const put = (radius: number, what: string, placed: number): Ball => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const centre = anywhere(shape, radius, random);
      if (!centre) break;
      const ball = { centre, radius };
      if (touchesShell(ball) || balls.touches(ball)) continue;
      balls.add(ball);
      return ball;
    }
    throw badInput(
      `There is room for ${placed} of the ${what} without overlap in a tomogram of ${shape[2]} x ${shape[1]} x ${shape[0]} voxels; accepted: fewer of them, or a larger tomogram.`,
    );
  };

  const most = Math.min(VESICLE.most / voxelSize, Math.min(...shape) / 2);
  const least = Math.min(VESICLE.least / voxelSize, most);
  for (let i = 0; i < membranes; i++) {
    let found = false;
    for (let attempt = 0; attempt < TRIES && !found; attempt++) {
      const radius = least + (most - least) * random.uniform();
      const centre = anywhere(shape, 0, random) as Vec3;
      found = shells.every(
        (other) => distance(other.centre, centre) >= radius + other.radius + 2 * bilayer,
      );
      if (found) shells.push({ centre, radius });
    }
    if (!found) {
      throw badInput(
        `There is room for ${i} of the ${membranes} membranes without overlap; accepted: fewer of them, or a larger tomogram.`,
      );
    }
  }
  const beads: Ball[] = [];
  while (beads.length < fiducials)
    beads.push(put(BEAD / voxelSize, `${fiducials} fiducials`, beads.length));
  const order = particles.map((_, i) => i).sort((a, b) => particles[b] - particles[a] || a - b);
  const found: Ball[] = [];
  for (const [done, i] of order.entries())
    found[i] = put(particles[i], `${particles.length} particles`, done);
  return { particles: found, membranes: shells, fiducials: beads };
}

/** A centre at which a ball stands whole in the tomogram; null where it is too thick for any. */
function anywhere([nz, ny, nx]: Shape3, radius: number, random: Random): Vec3 | null {
  const along = (n: number) => radius - 0.5 + (n - 2 * radius) * random.uniform();
  if (Math.min(nz, ny, nx) < 2 * radius) return null;
  return [along(nx), along(ny), along(nz)];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Balls, found by the cell that their centre stands in. */
class Crowd {
  private readonly cells = new Map<string, Ball[]>();

  /** @param largest radius of any of them */
  constructor(private readonly largest: number) {}

  private cellOf(centre: Vec3): number[] {
    return centre.map((at) => Math.floor(at / (2 * this.largest)));
  }

  add(ball: Ball): void {
    const key = this.cellOf(ball.centre).join();
    const cell = this.cells.get(key);
    if (cell) cell.push(ball);
    else this.cells.set(key, [ball]);
  }

  touches({ centre, radius }: Ball): boolean {
    const [x, y, z] = this.cellOf(centre);
    for (let dz = -1; dz <= 1; dz++)
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const near = this.cells.get([x + dx, y + dy, z + dz].join()) ?? [];
          if (near.some((one) => distance(one.centre, centre) < radius + one.radius)) return true;
        }
    return false;
  }
}
