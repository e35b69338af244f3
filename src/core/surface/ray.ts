import type { SurfaceMesh } from './mesh.ts';

export interface RayHit {
  /** Å from the ray's origin, along a unit direction. */
  readonly distance: number;
  /** First entry of the triangle in `indices`, divided by three. */
  readonly triangle: number;
}

/**
 * Every triangle that a ray meets, nearest first (Möller and Trumbore, "Fast, minimum storage
 * ray-triangle intersection", 1997), from either side.
 * @param direction unit vector
 */
export function rayHits(
  { positions: p, indices }: Pick<SurfaceMesh, 'positions' | 'indices'>,
  origin: readonly [number, number, number],
  direction: readonly [number, number, number],
): RayHit[] {
  const [ox, oy, oz] = origin;
  const [dx, dy, dz] = direction;
  const hits: RayHit[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const a = indices[i] * 3;
    const b = indices[i + 1] * 3;
    const c = indices[i + 2] * 3;
    const ax = p[a];
    const ay = p[a + 1];
    const az = p[a + 2];
    const e1x = p[b] - ax;
    const e1y = p[b + 1] - ay;
    const e1z = p[b + 2] - az;
    const e2x = p[c] - ax;
    const e2y = p[c + 1] - ay;
    const e2z = p[c + 2] - az;
    const hx = dy * e2z - dz * e2y;
    const hy = dz * e2x - dx * e2z;
    const hz = dx * e2y - dy * e2x;
    const determinant = e1x * hx + e1y * hy + e1z * hz;
    if (determinant === 0) continue;
    const sx = ox - ax;
    const sy = oy - ay;
    const sz = oz - az;
    const u = (sx * hx + sy * hy + sz * hz) / determinant;
    if (u < 0 || u > 1) continue;
    const qx = sy * e1z - sz * e1y;
    const qy = sz * e1x - sx * e1z;
    const qz = sx * e1y - sy * e1x;
    const v = (dx * qx + dy * qy + dz * qz) / determinant;
    if (v < 0 || u + v > 1) continue;
    const distance = (e2x * qx + e2y * qy + e2z * qz) / determinant;
    if (distance > 0) hits.push({ distance, triangle: i / 3 });
  }
  return hits.sort((one, other) => one.distance - other.distance);
}

/**
 * Of surfaces seen through each other, the hit that shows most in the picture: each lets
 * `1 - opacity` of what lies behind it through. Null without hits.
 */
export function mostVisible(
  hits: readonly RayHit[],
  opacityOf: (triangle: number) => number,
): RayHit | null {
  let best: RayHit | null = null;
  let bestShare = 0;
  let through = 1;
  for (const hit of hits) {
    const opacity = opacityOf(hit.triangle);
    const share = through * opacity;
    if (share > bestShare) {
      best = hit;
      bestShare = share;
    }
    through *= 1 - opacity;
  }
  return best;
}
