import { expect, it } from 'vitest';
import { fillSlice, levelStyle, PALETTES, signedLevels } from '../color/index.ts';
import type { FloatVolume } from '../volume/types.ts';
import { isosurface } from './isosurface.ts';
import { paintVertices } from './paint.ts';
import { projectRay } from './projectRay.ts';
import { sampled } from './testing.ts';

/** Two Gaussians along x, one for the class and a weaker one against it: everything about them has a closed form. */
const [N, VOXEL, SIGMA, FAR] = [64, 4, 24, 66];
const WEAK = 0.6;
const LEVELS = [0.2, 0.4];
const gaussian = (x: number, y: number, z: number) =>
  Math.exp(-(x * x + y * y + z * z) / (2 * SIGMA ** 2));
const map = sampled(
  [N, N, N],
  [VOXEL, VOXEL, VOXEL],
  (x, y, z) => gaussian(x - FAR, y, z) - WEAK * gaussian(x + FAR, y, z),
);
const scale = { limit: 1, palette: PALETTES.diverging };

/** Warm is positive. */
const warmth = (rgb: ArrayLike<number>, at = 0) => rgb[at] - rgb[at + 2];

interface Seen {
  /** Of each shell from the lowest level: Å³ enclosed, Å of its middle along x, warmth. */
  readonly shells: readonly (readonly [number, number, number])[];
  /** Warmth of a slice, of the density's surface and of a projection at the one Gaussian and at the other. */
  readonly slice: readonly [number, number];
  readonly painted: readonly [number, number];
  /** Values seen along z. */
  readonly projected: readonly [number, number];
}

/** A map as every way of drawing shows it. */
function drawn(heat: FloatVolume, levels: readonly number[]): Seen {
  const shells = signedLevels(levels, 'both').map((level) => {
    const mesh = isosurface(heat, level, { enclose: level < 0 ? 'below' : 'above' });
    return [...enclosed(mesh), warmth(levelStyle(level, scale).color)] as const;
  });
  const rgba = new Uint8ClampedArray(4 * N * N);
  const middle = heat.data.subarray((N / 2) * N * N, (N / 2 + 1) * N * N);
  const grey = { low: -1, high: 1 };
  const colors = { window: grey, scale, mix: 'overlay', sign: 'both' } as const;
  fillSlice(rgba, N, N, new Float32Array(N * N), middle, colors);
  const [at, other] = [FAR, -FAR].map((x) => Math.round(x / VOXEL + (N - 1) / 2));
  const places = Float32Array.of(FAR, 0, 0, -FAR, 0, 0);
  const paint = new Uint8Array(8);
  paintVertices(places, 0, 2, { heat, scale, sign: 'both' }, [128, 128, 128], 255, paint);
  const value = (x: number) => projectRay(heat, [x, 0, 500], [0, 0, -1])!.value;
  return {
    shells,
    slice: [warmth(rgba, 4 * ((N / 2) * N + at)), warmth(rgba, 4 * ((N / 2) * N + other))],
    painted: [warmth(paint), warmth(paint, 4)],
    projected: [value(FAR), value(-FAR)],
  };
}

/** Volume by the divergence theorem, and the middle of the vertices along x. */
function enclosed({ positions: p, indices }: { positions: Float32Array; indices: Uint32Array }) {
  let six = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [indices[i] * 3, indices[i + 1] * 3, indices[i + 2] * 3];
    six +=
      p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) +
      p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  let x = 0;
  for (let i = 0; i < p.length; i += 3) x += p[i];
  return [Math.abs(six) / 6, x / (p.length / 3)] as const;
}

const near = (value: number, wanted: number, share: number) =>
  Math.abs(value - wanted) <= share * Math.abs(wanted);

/** Whether what is drawn is the two Gaussians with the levels, within 4%; colours by their side of grey. */
function fits({ shells, slice, painted, projected }: Seen): Record<string, boolean> {
  const wanted = [-0.4, -0.2, 0.2, 0.4].map((level) => {
    const height = level < 0 ? WEAK : 1;
    const radius = SIGMA * Math.sqrt(2 * Math.log(height / Math.abs(level)));
    return { volume: (4 / 3) * Math.PI * radius ** 3, x: Math.sign(level) * FAR };
  });
  const sides = ([one, other]: readonly [number, number]) => one > 20 && other < -20;
  return {
    shells:
      shells.length === wanted.length &&
      shells.every(([volume, x, warm], i) => {
        const place = near(volume, wanted[i].volume, 0.04) && near(x, wanted[i].x, 0.04);
        return place && Math.sign(warm) === Math.sign(wanted[i].x);
      }),
    slice: sides(slice),
    painted: sides(painted),
    projection: near(projected[0], 1, 0.04) && near(projected[1], -WEAK, 0.04),
  };
}

const all = (value: boolean) => ({
  shells: value,
  slice: value,
  painted: value,
  projection: value,
});

it('draws a map of closed form as shells, slices, paint and projection', () => {
  expect(fits(drawn(map, LEVELS))).toEqual(all(true));
});

it('would not pass with the sign flipped in any of them', () => {
  const flipped = { ...map, data: map.data.map((value) => -value) };
  expect(fits(drawn(flipped, LEVELS))).toEqual(all(false));
});

it('would not pass with shells of other levels', () => {
  expect(fits(drawn(map, [0.22, 0.4])).shells).toBe(false);
});
