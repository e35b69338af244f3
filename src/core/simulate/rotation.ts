import type { Random } from './random.ts';

/** Unit quaternion `[w, x, y, z]`. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];

/** A molecule's orientation, and the displacement of its centre from the middle of the box in Å. */
export interface Pose {
  readonly rotation: Quaternion;
  readonly shift: readonly [x: number, y: number, z: number];
}

/** Uniform on the rotation group: four normals, scaled to length 1, are uniform on the 3-sphere. */
export function randomRotation(random: Random): Quaternion {
  for (;;) {
    const w = random.normal();
    const x = random.normal();
    const y = random.normal();
    const z = random.normal();
    const length = Math.sqrt(w * w + x * x + y * y + z * z);
    if (length > 1e-6) return [w / length, x / length, y / length, z / length];
  }
}

/** `[3, 3]`, row-major: `v' = R v` on (x, y, z). */
export function rotationMatrix([w, x, y, z]: Quaternion): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
