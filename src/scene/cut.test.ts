import { expect, it } from 'vitest';
import { FRONT, type Quaternion, type Triple, turn, conjugate } from './camera.ts';
import { cutAway, halfSpaces, seenFrom } from './cut.ts';

const turned: Quaternion = [0.5, 0.5, 0.5, 0.5];
const at: Triple = [10, 20, 30];

it('cuts all that is nearer to the viewer than the crosshair', () => {
  const hidden = cutAway('half', FRONT, at);
  expect(hidden([0, 0, 31])).toBe(true);
  expect(hidden([500, -500, 29])).toBe(false);
  expect(cutAway('none', FRONT, at)([0, 0, 31])).toBe(false);
  expect(cutAway('half', FRONT, null)([0, 0, 31])).toBe(false);
});

it('cuts the corner towards the viewer alone', () => {
  const hidden = cutAway('corner', [0.1706, -0.2145, -0.0376, 0.961], at);
  const towards = turn([0.1706, -0.2145, -0.0376, 0.961], [0, 0, 1]).map(Math.sign);
  const step = (signs: readonly number[]): Triple => [
    at[0] + signs[0],
    at[1] + signs[1],
    at[2] + signs[2],
  ];
  expect(hidden(step(towards))).toBe(true);
  expect(hidden(step([-towards[0], towards[1], towards[2]]))).toBe(false);
});

it('says the same seen from an eye', () => {
  const eye: Triple = [100, -50, 7];
  for (const place of [
    [11, 21, 31],
    [9, 19, 29],
    [-40, 60, 3],
  ] as const) {
    const [space] = halfSpaces('half', turned, at);
    const [x, y, z, offset] = seenFrom(space, turned, eye);
    const [px, py, pz] = turn(conjugate(turned), [
      place[0] - eye[0],
      place[1] - eye[1],
      place[2] - eye[2],
    ]);
    const before = space.normal.reduce((sum, n, i) => sum + n * place[i], 0) - space.offset;
    expect(x * px + y * py + z * pz - offset).toBeCloseTo(before, 9);
  }
});
