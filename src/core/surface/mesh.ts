/** A closed triangle mesh in world coordinates; triangles run counter-clockwise seen from outside. */
export interface SurfaceMesh {
  /** Å, `[vertices * 3]`. */
  readonly positions: Float32Array;
  /** Unit vectors pointing out of the enclosed region, `[vertices * 3]`. */
  readonly normals: Float32Array;
  /** `[triangles * 3]`. */
  readonly indices: Uint32Array;
}

/** Surface area in Å². */
export function meshArea({ positions: p, indices }: SurfaceMesh): number {
  let twice = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = indices[i] * 3;
    const b = indices[i + 1] * 3;
    const c = indices[i + 2] * 3;
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    twice += Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
  }
  return twice / 2;
}

/**
 * Enclosed volume in Å³ by the divergence theorem: the sum of signed tetrahedra, taken from the first
 * vertex so that a far origin costs no precision. Positive when triangles face outwards.
 */
export function meshVolume({ positions: p, indices }: SurfaceMesh): number {
  if (indices.length === 0) return 0;
  const ox = p[0];
  const oy = p[1];
  const oz = p[2];
  let six = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = indices[i] * 3;
    const b = indices[i + 1] * 3;
    const c = indices[i + 2] * 3;
    const bx = p[b] - ox;
    const by = p[b + 1] - oy;
    const bz = p[b + 2] - oz;
    const cx = p[c] - ox;
    const cy = p[c + 1] - oy;
    const cz = p[c + 2] - oz;
    six +=
      (p[a] - ox) * (by * cz - bz * cy) +
      (p[a + 1] - oy) * (bz * cx - bx * cz) +
      (p[a + 2] - oz) * (bx * cy - by * cx);
  }
  return six / 6;
}
