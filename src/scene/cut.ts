import { conjugate, type Quaternion, type Triple, turn } from './camera.ts';
import type { ViewChoices } from '../state/index.ts';

/** What of the surfaces is taken away: nothing, all in front of the crosshair, or the corner towards the viewer. */
export type Cut = ViewChoices['cut'];

/** A half space: where `normal . place > offset`. */
export interface HalfSpace {
  readonly normal: Triple;
  readonly offset: number;
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/**
 * What is cut away is in all of these half spaces; none cut nothing.
 *
 * @param at Å, in the world: the crosshair
 */
export function halfSpaces(cut: Cut, quaternion: Quaternion, at: Triple | null): HalfSpace[] {
  if (cut === 'none' || !at) return [];
  const towards = turn(quaternion, [0, 0, 1]);
  const normals: Triple[] =
    cut === 'half'
      ? [towards]
      : AXES.map((axis, i) => (towards[i] < 0 ? [-axis[0], -axis[1], -axis[2]] : axis));
  return normals.map((normal) => ({ normal, offset: dot(normal, at) }));
}

const AXES: readonly Triple[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Whether a place in the world, Å, is cut away. */
export function cutAway(cut: Cut, quaternion: Quaternion, at: Triple | null) {
  const spaces = halfSpaces(cut, quaternion, at);
  return (place: Triple) =>
    spaces.length > 0 && spaces.every(({ normal, offset }) => dot(normal, place) > offset);
}

/**
 * The same as seen by the camera, as the shader takes them: `normal . place > offset` with places from the eye.
 *
 * @param eye Å, in the world
 */
export function seenFrom(
  { normal, offset }: HalfSpace,
  quaternion: Quaternion,
  eye: Triple,
): readonly [number, number, number, number] {
  const [x, y, z] = turn(conjugate(quaternion), normal);
  return [x, y, z, offset - dot(normal, eye)];
}
