import type { Shape3, Vec3 } from '../volume/types.ts';

/** A place in a volume that something was found at; x, y, z in any one unit. */
export interface Found {
  readonly position: Vec3;
  readonly score: number;
}

/**
 * Elements of a grid `[z, y, x]` that none of their 26 neighbours exceeds, of at least `least`, best first. Of equal
 * neighbours the first counts.
 */
export function localMaxima(values: Float32Array, shape: Shape3, least: number): number[] {
  const [nz, ny, nx] = shape;
  const found: number[] = [];
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++) {
        const own = values[at];
        if (!(own >= least)) continue;
        let top = true;
        for (let dz = -1; dz <= 1 && top; dz++)
          for (let dy = -1; dy <= 1 && top; dy++)
            for (let dx = -1; dx <= 1 && top; dx++) {
              const c = z + dz;
              const b = y + dy;
              const a = x + dx;
              if (c < 0 || b < 0 || a < 0 || c >= nz || b >= ny || a >= nx) continue;
              const other = (c * ny + b) * nx + a;
              if (values[other] > own || (values[other] === own && other < at)) top = false;
            }
        if (top) found.push(at);
      }
  return found.sort((a, b) => values[b] - values[a] || a - b);
}

/** The best of all that stand closer together than `distance`, best first (greedy non-maximum suppression). */
export function suppress<F extends Found>(found: readonly F[], distance: number): F[] {
  const cells = new Map<string, F[]>();
  const cellOf = (at: Vec3) => at.map((value) => Math.floor(value / distance));
  const kept: F[] = [];
  const ordered = [...found].sort((a, b) => b.score - a.score);
  for (const one of ordered) {
    const [x, y, z] = cellOf(one.position);
    let free = true;
    for (let dz = -1; dz <= 1 && free; dz++)
      for (let dy = -1; dy <= 1 && free; dy++)
        for (let dx = -1; dx <= 1 && free; dx++) {
          const near = cells.get([x + dx, y + dy, z + dz].join()) ?? [];
          free = near.every((other) => apart(other.position, one.position) >= distance);
        }
    if (!free) continue;
    kept.push(one);
    const key = [x, y, z].join();
    const cell = cells.get(key);
    if (cell) cell.push(one);
    else cells.set(key, [one]);
  }
  return kept;
}

export function apart(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
