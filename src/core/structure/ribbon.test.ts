import { expect, it } from 'vitest';
import { BACKBONE, ribbonOf, type Trace } from './ribbon.ts';

function trace(points: readonly (readonly number[])[], kind: number, chain = 0): Trace {
  return {
    positions: Float32Array.from(points.flat()),
    kinds: new Uint8Array(points.length).fill(kind),
    chains: new Uint16Array(points.length).fill(chain),
  };
}

it('is a round tube along a straight backbone', () => {
  const points = Array.from({ length: 10 }, (_, i) => [3.8 * i, 7, -2]);
  const { positions, normals, indices } = ribbonOf(trace(points, BACKBONE.coil))!;
  expect(positions).toHaveLength(3 * (9 * 4 + 1) * 8);
  expect(indices).toHaveLength(6 * 8 * 9 * 4);
  for (let v = 0; v < positions.length; v += 3) {
    const [, y, z] = positions.subarray(v, v + 3);
    expect(Math.hypot(y - 7, z + 2)).toBeCloseTo(0.9, 4);
    // Straight outwards.
    expect(normals[v + 1]).toBeCloseTo((y - 7) / 0.9, 4);
  }
});

it('is wide along the axis of a helix', () => {
  // An alpha helix: 2.3 Å from the axis, 100 degrees and 1.5 Å for each residue.
  const points = Array.from({ length: 30 }, (_, i) => {
    const angle = (i * 100 * Math.PI) / 180;
    return [2.3 * Math.cos(angle), 2.3 * Math.sin(angle), 1.5 * i];
  });
  const { positions } = ribbonOf(trace(points, BACKBONE.helix))!;
  const [steps, sides, ring] = [4, 8, 15 * 4];
  expect(positions).toHaveLength(3 * (29 * steps + 1) * sides);
  const corner = (i: number) =>
    positions.subarray(3 * (ring * sides + i), 3 * (ring * sides + i) + 3);
  const [one, other] = [corner(0), corner(sides / 2)];
  const across = [0, 1, 2].map((axis) => one[axis] - other[axis]);
  expect(Math.hypot(...across)).toBeCloseTo(4.4, 4);
  // The normal of the plane through three neighbours leans from the axis.
  const chord = 2 * 2.3 * Math.sin((50 * Math.PI) / 180);
  const [up, out] = [chord ** 2 * Math.sin((100 * Math.PI) / 180), 1.5 * chord * (chord / 2.3)];
  expect(Math.abs(across[2]) / 4.4).toBeCloseTo(up / Math.hypot(up, out), 3);
});

it('ends at gaps, at other chains and between proteins and nucleic acids', () => {
  const points = Array.from({ length: 6 }, (_, i) => [3.8 * i + (i > 2 ? 10 : 0), 0, 0]);
  const rings = (of: Trace) => ribbonOf(of)!.positions.length / 3 / 8;
  expect(rings(trace(points, BACKBONE.coil))).toBe(2 * (2 * 4 + 1));
  const near = trace(
    points.map(([x], i) => [i > 2 ? x - 10 : x, 0, 0]),
    BACKBONE.coil,
  );
  expect(rings(near)).toBe(5 * 4 + 1);
  expect(rings({ ...near, chains: Uint16Array.of(0, 0, 0, 1, 1, 1) })).toBe(2 * (2 * 4 + 1));
  const mixed = Uint8Array.of(1, 1, 1, 4, 4, 4);
  expect(rings({ ...near, kinds: mixed })).toBe(2 * (2 * 4 + 1));
});

it('is none without a backbone, and coarser where there is more of it', () => {
  expect(ribbonOf(trace([[0, 0, 0]], BACKBONE.coil))).toBeNull();
  const long = Array.from({ length: 30_000 }, (_, i) => [3.8 * i, 0, 0]);
  expect(ribbonOf(trace(long, BACKBONE.nucleic))!.chains.length).toBeLessThanOrEqual(120_000);
  const vast = Array.from({ length: 90_000 }, (_, i) => [3.8 * i, 0, 0]);
  expect(ribbonOf(trace(vast, BACKBONE.coil))).toBeNull();
});
