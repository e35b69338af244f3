import type { Volume } from '../core/volume/types.ts';
import type { CameraState } from '../state/view.ts';

/**
 * Camera arithmetic on plain arrays. `quaternion` turns camera axes (x right, y up, z towards the
 * viewer) into world axes; the identity looks along the beam, down -z, with x right and y up.
 */
export type Triple = readonly [number, number, number];
export type Quaternion = readonly [number, number, number, number];

/** Å; what a view is fitted to. */
export interface Bounds {
  /** World position of the middle of the box. */
  readonly centre: Triple;
  /** Half of the box's edges along x, y, z, voxels whole. */
  readonly half: Triple;
}

/** Half the vertical opening of the perspective camera, radians. */
const HALF_ANGLE = (15 * Math.PI) / 180;
/** Part of the bounding sphere's radius that zoom 1 shows: the box nearly fills the view. */
const FIT = 0.86;

export const FRONT: Quaternion = [0, 0, 0, 1];

export function boundsOf({ shape, voxelSize, origin }: Volume): Bounds {
  const extent = (axis: number) => shape[2 - axis] * voxelSize[axis];
  const middle = (axis: number) => origin[axis] + ((shape[2 - axis] - 1) / 2) * voxelSize[axis];
  return {
    centre: [middle(0), middle(1), middle(2)],
    half: [extent(0) / 2, extent(1) / 2, extent(2) / 2],
  };
}

export const sameBounds = (a: Bounds, b: Bounds): boolean =>
  [0, 1, 2].every((axis) => a.centre[axis] === b.centre[axis] && a.half[axis] === b.half[axis]);

/** Å from the centre to a corner of the box. */
export function radiusOf({ half }: Bounds): number {
  return Math.hypot(...half);
}

/**
 * Pixels per Å in the plane through the camera's target; the whole picture for an orthographic view.
 * The smaller side of the view is the one that is fitted.
 */
export function pixelsPerAngstrom(
  { zoom }: Pick<CameraState, 'zoom'>,
  bounds: Bounds,
  width: number,
  height: number,
): number {
  return (Math.min(width, height) * zoom) / (2 * FIT * radiusOf(bounds));
}

/** Å from the target to the eye, of a view `height` pixels high. */
export function eyeDistance(
  { projection }: CameraState,
  bounds: Bounds,
  pixelsPerA: number,
  height: number,
): number {
  if (projection === 'orthographic') return 4 * radiusOf(bounds);
  return height / 2 / pixelsPerA / Math.tan(HALF_ANGLE);
}

export function multiply(a: Quaternion, b: Quaternion): Quaternion {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  return normalised([
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ]);
}

function normalised([x, y, z, w]: Quaternion): Quaternion {
  const length = Math.hypot(x, y, z, w) || 1;
  return [x / length, y / length, z / length, w / length];
}

/** `v` turned by `q`. */
export function turn([x, y, z, w]: Quaternion, v: Triple): [number, number, number] {
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  return [
    v[0] + w * tx + y * tz - z * ty,
    v[1] + w * ty + z * tx - x * tz,
    v[2] + w * tz + x * ty - y * tx,
  ];
}

export function conjugate([x, y, z, w]: Quaternion): Quaternion {
  return [-x, -y, -z, w];
}

/** The object turns by `angle` radians about a unit axis of the screen (x right, y up, z to us). */
export function rotated(camera: CameraState, axis: Triple, angle: number): CameraState {
  const s = Math.sin(-angle / 2);
  const q: Quaternion = [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)];
  return { ...camera, quaternion: multiply(camera.quaternion, q) };
}

/**
 * Trackball drag between two points, in units of half the view's smaller side from its middle, y up.
 * Points lie on a sphere that runs out into a hyperbolic sheet, so that the middle tumbles and the
 * rim rolls (Bell's trackball as in Henriksen, Sporring, Hornbæk, "Virtual trackballs revisited",
 * IEEE TVCG 2004).
 */
export function dragged(
  camera: CameraState,
  from: readonly [number, number],
  to: readonly [number, number],
): CameraState {
  const a = onBall(from);
  const b = onBall(to);
  const axis = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const length = Math.hypot(...axis);
  if (length === 0) return camera;
  const angle = Math.atan2(length, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  return rotated(camera, [axis[0] / length, axis[1] / length, axis[2] / length], angle);
}

function onBall([x, y]: readonly [number, number]): Triple {
  const squared = x * x + y * y;
  return [x, y, squared < 0.5 ? Math.sqrt(1 - squared) : 0.5 / Math.sqrt(squared)];
}

/** The picture moves by `dx` right and `dy` down, in pixels; the box cannot leave the view. */
export function panned(
  camera: CameraState,
  dx: number,
  dy: number,
  pixelsPerA: number,
  bounds: Bounds,
): CameraState {
  const [x, y, z] = turn(camera.quaternion, [-dx / pixelsPerA, dy / pixelsPerA, 0]);
  const moved = [camera.target[0] + x, camera.target[1] + y, camera.target[2] + z];
  const length = Math.hypot(...moved);
  const limit = Math.min(1, radiusOf(bounds) / (length || 1));
  return { ...camera, target: [moved[0] * limit, moved[1] * limit, moved[2] * limit] };
}

export const ZOOM_RANGE = [0.25, 40] as const;

export function zoomed(camera: CameraState, factor: number): CameraState {
  const zoom = Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], camera.zoom * factor));
  return { ...camera, zoom };
}

export interface Ray {
  /** Å, world. */
  readonly origin: [number, number, number];
  /** Unit. */
  readonly direction: [number, number, number];
}

/** The line of sight through a pixel, `(0, 0)` the top left corner of a `width` x `height` view. */
export function rayThrough(
  camera: CameraState,
  bounds: Bounds,
  [px, py]: readonly [number, number],
  [width, height]: readonly [number, number],
): Ray {
  const scale = pixelsPerAngstrom(camera, bounds, width, height);
  const distance = eyeDistance(camera, bounds, scale, height);
  const across = (px - width / 2) / scale;
  const up = (height / 2 - py) / scale;
  const orthographic = camera.projection === 'orthographic';
  const local: Triple = orthographic ? [across, up, distance] : [0, 0, distance];
  const ahead: Triple = orthographic ? [0, 0, -1] : [across, up, -distance];
  const from = turn(camera.quaternion, local);
  const [dx, dy, dz] = turn(camera.quaternion, ahead);
  const length = Math.hypot(dx, dy, dz);
  return {
    origin: [0, 1, 2].map((i) => bounds.centre[i] + camera.target[i] + from[i]) as Ray['origin'],
    direction: [dx / length, dy / length, dz / length],
  };
}
