import type { CameraState } from '../state/view.ts';
import { conjugate, turn } from './camera.ts';

const AXES = [
  { name: 'x', direction: [1, 0, 0] },
  { name: 'y', direction: [0, 1, 0] },
  { name: 'z', direction: [0, 0, 1] },
] as const;

/** Where the ends of the three axes lie in the picture: `[right, down]`, farthest first. */
export function axisArms(quaternion: CameraState['quaternion'], length: number) {
  return AXES.map(({ name, direction }) => {
    const [x, y, depth] = turn(conjugate(quaternion), direction);
    return { name, end: [x * length, -y * length] as const, depth };
  }).sort((a, b) => a.depth - b.depth);
}
