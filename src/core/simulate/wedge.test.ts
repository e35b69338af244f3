import { expect, it } from 'vitest';
import { sliceOverlap, tiltAngles } from './wedge.ts';

it('counts the overlap of every slice of the series, to the last bit', () => {
  for (const tilt of [1, 40, 60, 90]) {
    const angles = tiltAngles(tilt, 3);
    for (const radius of [0, 0.5, 1, 3, 10, 40]) {
      for (const own of [angles[0], -0.3, 0, 0.1, 0.5, angles[angles.length - 1]]) {
        const all = angles.reduce(
          (sum, angle) => sum + Math.max(0, 1 - Math.abs(radius * Math.sin(own - angle))),
          0,
        );
        expect(sliceOverlap(radius, own, angles)).toBe(all);
      }
    }
  }
});
