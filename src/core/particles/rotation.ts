import type { Vec3 } from '../volume/types.ts';

/** A 3x3 matrix by rows. */
export type Matrix3 = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const at = (row: number, column: number) =>
    a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}

export const transposed = (m: Matrix3): Matrix3 => [
  m[0],
  m[3],
  m[6],
  m[1],
  m[4],
  m[7],
  m[2],
  m[5],
  m[8],
];

export function multiplyVector(m: Matrix3, [x, y, z]: Vec3): Vec3 {
  return [
    m[0] * x + m[1] * y + m[2] * z,
    m[3] * x + m[4] * y + m[5] * z,
    m[6] * x + m[7] * y + m[8] * z,
  ];
}

const turn = (degrees: number): readonly [cos: number, sin: number] => {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
};

/** Turns vectors by an angle in degrees about an axis, counter-clockwise seen from its tip. */
export const about = {
  x(degrees: number): Matrix3 {
    const [c, s] = turn(degrees);
    return [1, 0, 0, 0, c, -s, 0, s, c];
  },
  y(degrees: number): Matrix3 {
    const [c, s] = turn(degrees);
    return [c, 0, s, 0, 1, 0, -s, 0, c];
  },
  z(degrees: number): Matrix3 {
    const [c, s] = turn(degrees);
    return [c, -s, 0, s, c, 0, 0, 0, 1];
  },
};

/** How three angles of a file, in degrees, are the rotation of the reference into the tomogram: `Rz(p) Rm(q) Rz(r)`. */
export interface AngleConvention {
  readonly middle: 'x' | 'y';
  /** Which of the file's three angles `p` is; `r` is the other of the outer ones. */
  readonly first: 0 | 2;
  readonly sign: 1 | -1;
}

/** RELION, Warp and M: `rot, tilt, psi`, the matrix of `Euler_angles2matrix` (`src/euler.cpp`). */
export const RELION: AngleConvention = { middle: 'y', first: 2, sign: -1 };
/** TOM, AV3, novaSTA, STOPGAP and PEET: `phi` about z, then `theta` about x, then `psi` about z. */
export const AV3: AngleConvention = { middle: 'x', first: 2, sign: 1 };
/** Dynamo: `tdrot, tilt, narot`, which bring the particle onto the reference. */
export const DYNAMO: AngleConvention = { middle: 'x', first: 0, sign: -1 };

export function matrixOf(convention: AngleConvention, a: number, b: number, c: number): Matrix3 {
  const out = new Float64Array(9);
  writeMatrix(convention, a, b, c, out, 0);
  return Array.from(out) as unknown as Matrix3;
}

export const relionMatrix = (rot: number, tilt: number, psi: number): Matrix3 =>
  matrixOf(RELION, rot, tilt, psi);

/** Writes a matrix in closed form: lists have a million of them. */
function writeMatrix(
  { middle, first, sign }: AngleConvention,
  a: number,
  b: number,
  c: number,
  out: Float32Array | Float64Array,
  at: number,
): void {
  const degrees = (sign * Math.PI) / 180;
  const p = (first === 0 ? a : c) * degrees;
  const q = b * degrees;
  const r = (first === 0 ? c : a) * degrees;
  const [cp, sp, cq, sq] = [Math.cos(p), Math.sin(p), Math.cos(q), Math.sin(q)];
  const [cr, sr] = [Math.cos(r), Math.sin(r)];
  if (middle === 'y') {
    out[at] = cp * cq * cr - sp * sr;
    out[at + 1] = -cp * cq * sr - sp * cr;
    out[at + 2] = cp * sq;
    out[at + 3] = sp * cq * cr + cp * sr;
    out[at + 4] = -sp * cq * sr + cp * cr;
    out[at + 5] = sp * sq;
    out[at + 6] = -sq * cr;
    out[at + 7] = sq * sr;
  } else {
    out[at] = cp * cr - sp * cq * sr;
    out[at + 1] = -cp * sr - sp * cq * cr;
    out[at + 2] = sp * sq;
    out[at + 3] = sp * cr + cp * cq * sr;
    out[at + 4] = -sp * sr + cp * cq * cr;
    out[at + 5] = -cp * sq;
    out[at + 6] = sq * sr;
    out[at + 7] = sq * cr;
  }
  out[at + 8] = cq;
}

/** `rot, tilt, psi` in degrees of a matrix of {@link relionMatrix}; at a tilt of 0 or 180 psi is 0. */
export function relionAngles(m: ArrayLike<number>): readonly [number, number, number] {
  const degrees = (y: number, x: number) => (Math.atan2(y, x) * 180) / Math.PI;
  const sine = Math.hypot(m[6], m[7]);
  const tilt = degrees(sine, m[8]);
  if (sine > 1e-6) return [degrees(m[7], m[6]), tilt, degrees(m[5], -m[2])];
  return [m[8] > 0 ? degrees(m[1], m[0]) : degrees(-m[1], -m[0]), tilt, 0];
}

/** The rotations of all particles of which three columns hold the angles. */
export function rotationsOf(
  count: number,
  convention: AngleConvention,
  [a, b, c]: readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>],
): Float32Array {
  const rotations = new Float32Array(9 * count);
  for (let i = 0; i < count; i++) writeMatrix(convention, a[i], b[i], c[i], rotations, 9 * i);
  return rotations;
}
