import { describe, expect, it } from 'vitest';
import type { CameraState } from '../state/view.ts';
import {
  conjugate,
  dragged,
  FRONT,
  type Bounds,
  boundsOf,
  panned,
  pixelsPerAngstrom,
  rayThrough,
  rotated,
  turn,
  zoomed,
} from './camera.ts';

const bounds: Bounds = { centre: [100, 200, 300], half: [200, 200, 200] };
const front: CameraState = {
  quaternion: FRONT,
  zoom: 1,
  target: [0, 0, 0],
  projection: 'orthographic',
};
const close = (a: readonly number[], b: readonly number[]) => {
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i], 9);
  });
};
/** Where a world direction points on the screen. */
const seen = (camera: CameraState, v: readonly [number, number, number]) =>
  turn(conjugate(camera.quaternion), v);

describe('camera', () => {
  it('frames whole voxels about the middle of the box', () => {
    const { centre, half } = boundsOf({
      data: new Float32Array(24),
      shape: [2, 3, 4],
      voxelSize: [10, 20, 30],
      origin: [5, 6, 7],
    });
    close(centre, [20, 26, 22]);
    close(half, [20, 30, 30]);
  });

  it('turns the object the way the pointer goes', () => {
    close(seen(rotated(front, [0, 1, 0], Math.PI / 2), [0, 0, 1]), [1, 0, 0]);
    const right = seen(dragged(front, [0, 0], [0.3, 0]), [0, 0, 1]);
    close(right, [0.3, 0, Math.sqrt(1 - 0.09)]);
    expect(seen(dragged(front, [0, 0], [0, 0.2]), [0, 0, 1])[1]).toBeCloseTo(0.2);
    // Around the rim the view rolls: a quarter turn from right to top takes x to y.
    close(seen(dragged(front, [1e6, 0], [0, 1e6]), [1, 0, 0]), [0, 1, 0]);
  });

  it('stays a rotation after many drags', () => {
    let camera = front;
    for (let i = 0; i < 5000; i++) camera = dragged(camera, [0.1, 0.2], [0.15, 0.18]);
    expect(Math.hypot(...camera.quaternion)).toBeCloseTo(1, 12);
  });

  it('pans with the pointer in any orientation, and never loses the box', () => {
    const camera = rotated(rotated(front, [0, 1, 0], 1), [1, 0, 0], 0.5);
    const moved = panned(camera, 40, -25, 0.5, bounds);
    close(seen(camera, moved.target), [-80, -50, 0]);
    const far = panned(camera, 1e6, 0, 0.5, bounds);
    expect(Math.hypot(...far.target)).toBeCloseTo(Math.hypot(...bounds.half), 6);
  });

  it('zooms within limits', () => {
    expect(zoomed(front, 2).zoom).toBe(2);
    expect(zoomed(front, 1e-9).zoom).toBe(0.25);
  });

  it.each(['orthographic', 'perspective'] as const)(
    'sends rays through pixels: %s',
    (projection) => {
      const camera = { ...rotated(front, [0.6, 0.8, 0], 0.7), projection };
      const scale = pixelsPerAngstrom(camera, bounds, 600, 400);
      const { origin, direction } = rayThrough(camera, bounds, [300 + 90, 200 - 60], [600, 400]);
      // In the target's plane, 90 px right and 60 px up of the middle.
      const back = turn(camera.quaternion, [0, 0, 1]);
      const distance = [0, 1, 2].reduce(
        (sum, i) => sum + (origin[i] - bounds.centre[i]) * back[i],
        0,
      );
      const along = -distance / [0, 1, 2].reduce((sum, i) => sum + direction[i] * back[i], 0);
      const point = [0, 1, 2].map((i) => origin[i] + along * direction[i] - bounds.centre[i]);
      close(seen(camera, point as [number, number, number]), [90 / scale, 60 / scale, 0]);
      expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    },
  );
});
