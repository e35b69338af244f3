import { uniform } from '../../testing/random.ts';
import { describe, expect, it } from 'vitest';
import { isosurface } from './isosurface.ts';
import { type IsoLines, isoLines as isoLineSet, pointsInAngstrom } from './isolines.ts';

type Point = [x: number, y: number];

const isoLines = (data: Float32Array, width: number, height: number, level: number) =>
  isoLineSet(data, width, height, [level])[0];

const sampled = (width: number, height: number, f: (x: number, y: number) => number) =>
  Float32Array.from({ length: width * height }, (_, i) => f(i % width, Math.floor(i / width)));

function linesOf({ points, starts, closed }: IsoLines) {
  return [...closed].map((ring, i) => ({
    closed: ring === 1,
    points: Array.from(
      { length: starts[i + 1] - starts[i] },
      (_, k): Point => [points[2 * (starts[i] + k)], points[2 * (starts[i] + k) + 1]],
    ),
  }));
}

function lengthOf(points: Point[], closed: boolean): number {
  let sum = 0;
  for (let i = closed ? 0 : 1; i < points.length; i++) {
    const a = points.at(i - 1)!;
    sum += Math.hypot(points[i][0] - a[0], points[i][1] - a[1]);
  }
  return sum;
}

/** Shoelace formula; positive when walked counter-clockwise. */
function areaOf(points: Point[]): number {
  let sum = 0;
  for (let i = 0; i < points.length; i++) {
    const a = points.at(i - 1)!;
    sum += a[0] * points[i][1] - points[i][0] * a[1];
  }
  return sum / 2;
}

function bilinear(data: Float32Array, width: number, height: number, [x, y]: Point): number {
  const x0 = Math.min(width - 2, Math.floor(x));
  const y0 = Math.min(height - 2, Math.floor(y));
  const [fx, fy] = [x - x0, y - y0];
  const at = (dx: number, dy: number) => data[(y0 + dy) * width + x0 + dx];
  return (
    (1 - fy) * ((1 - fx) * at(0, 0) + fx * at(1, 0)) + fy * ((1 - fx) * at(0, 1) + fx * at(1, 1))
  );
}

const blob = (x: number, y: number) => Math.exp(-((x - 20.3) ** 2 + (y - 19.6) ** 2) / 60);

describe('isoLines', () => {
  it('finds a circle: one ring, its perimeter and area, counter-clockwise', () => {
    for (const n of [41, 161, 512]) {
      const radius = 0.3 * n;
      const cone = sampled(n, n, (x, y) => n - Math.hypot(x - n / 2.1, y - n / 2.2));
      const lines = linesOf(isoLines(cone, n, n, n - radius));
      expect(lines).toHaveLength(1);
      expect(lines[0].closed).toBe(true);
      const tolerance = 0.6 / n;
      expect(Math.abs(lengthOf(lines[0].points, true) / (2 * Math.PI * radius) - 1)).toBeLessThan(
        tolerance,
      );
      expect(Math.abs(areaOf(lines[0].points) / (Math.PI * radius ** 2) - 1)).toBeLessThan(
        tolerance,
      );
    }
  });

  it('encloses a dark molecule at a negative level as it does a bright one at the positive', () => {
    const bright = sampled(40, 40, blob);
    const lines = isoLines(bright, 40, 40, 0.3);
    expect(linesOf(lines)).toHaveLength(1);
    const dark = isoLines(
      bright.map((v) => -v),
      40,
      40,
      -0.3,
    );
    expect(dark.points).toEqual(lines.points);
  });

  it('puts every point where the interpolated samples equal the level, at any scale', () => {
    for (const factor of [1e-9, 1, 1e9]) {
      const data = sampled(50, 30, (x, y) => factor * (Math.sin(x / 3) * Math.cos(y / 4) + x / 40));
      for (const { points } of linesOf(isoLines(data, 50, 30, 0.37 * factor))) {
        for (const point of points) {
          const error = Math.abs(bilinear(data, 50, 30, point) - 0.37 * factor);
          expect(error).toBeLessThan(3e-6 * factor);
        }
      }
    }
  });

  it('splits the grid into above and below: the area by lines equals the area by counting', () => {
    // A field that is far from the level at the border, so that every line is a ring.
    const n = 64;
    const data = sampled(n, n, (x, y) => {
      const edge = Math.min(x, y, n - 1 - x, n - 1 - y);
      return edge < 3 ? -1 : Math.sin(0.9 * x) + Math.sin(0.7 * y + 0.2 * x);
    });
    const lines = linesOf(isoLines(data, n, n, 0.1));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.every((line) => line.closed)).toBe(true);
    const byLines = lines.reduce((sum, line) => sum + areaOf(line.points), 0);
    let inside = 0;
    const fine = 10;
    for (let y = 0; y < (n - 1) * fine; y++) {
      for (let x = 0; x < (n - 1) * fine; x++) {
        const point: Point = [(x + 0.5) / fine, (y + 0.5) / fine];
        if (bilinear(data, n, n, point) > 0.1) inside++;
      }
    }
    expect(Math.abs(byLines / (inside / fine ** 2) - 1)).toBeLessThan(0.02);
  });

  it('joins or parts the high corners of a saddle by the bilinear saddle value', () => {
    // Saddle value of corners 1, 0, 1, 0 is 0.5.
    const saddle = Float32Array.of(1, 0, 0, 1);
    const ends = (level: number) =>
      linesOf(isoLines(saddle, 2, 2, level)).map(({ points }) =>
        points.map((p) => p.map((v) => Number(v.toFixed(3)))),
      );
    expect(ends(0.25)).toEqual([
      [
        [0.75, 0],
        [1, 0.25],
      ],
      [
        [0.25, 1],
        [0, 0.75],
      ],
    ]);
    expect(ends(0.75)).toEqual([
      [
        [0.25, 0],
        [0, 0.25],
      ],
      [
        [0.75, 1],
        [1, 0.75],
      ],
    ]);
  });

  it('never lets nested levels cross', () => {
    const levels = [0.1, 0.3, 0.5, 0.7, 0.9];
    const data = sampled(40, 40, blob);
    const rings = levels.map((level) => linesOf(isoLines(data, 40, 40, level)));
    expect(rings.map((lines) => lines.length)).toEqual([1, 1, 1, 1, 1]);
    const areas = rings.map(([{ points }]) => areaOf(points));
    expect([...areas].sort((a, b) => b - a)).toEqual(areas);
    // Every point of a higher level lies where the field is above the lower level.
    for (let i = 1; i < levels.length; i++) {
      for (const point of rings[i][0].points) {
        expect(bilinear(data, 40, 40, point)).toBeGreaterThan(levels[i - 1]);
      }
    }
  });

  it('gives each of many levels what it gives the level alone, and leaves its memory clean', () => {
    const data = sampled(40, 33, (x, y) => blob(x, y) - 0.8 * blob(x + 11, y + 7) + 0.02 * (x % 2));
    const levels = [-0.7, -0.3, -0.1, 0, 0.1, 0.3, 0.7];
    const alone = levels.map((level) => isoLines(data, 40, 33, level));
    expect(isoLineSet(data, 40, 33, levels)).toEqual(alone);
    expect(isoLineSet(data, 40, 33, levels)).toEqual(alone);
    expect(alone.every(({ closed }) => closed.length > 0)).toBe(true);
  });

  it('ends at the border with an open line', () => {
    const data = sampled(10, 6, (x) => x);
    const lines = linesOf(isoLines(data, 10, 6, 4.25));
    expect(lines).toHaveLength(1);
    expect(lines[0].closed).toBe(false);
    // The enclosed side on the left: walking from the top to the bottom.
    expect(lines[0].points).toEqual([5, 4, 3, 2, 1, 0].map((y) => [4.25, y]));
  });

  it('leaves a gap around a sample that is not a number', () => {
    const data = sampled(10, 6, (x) => x);
    data[3 * 10 + 4] = Number.NaN;
    const lines = linesOf(isoLines(data, 10, 6, 4.25));
    expect(lines.map(({ points }) => points.map(([, y]) => y))).toEqual([
      [2, 1, 0],
      [5, 4],
    ]);
  });

  it('is well behaved where samples lie exactly at the level', () => {
    // A plateau at the level is outside; one above it is entered exactly at its rim.
    const plateau = sampled(9, 9, (x, y) => (x >= 3 && x <= 5 && y >= 2 && y <= 6 ? 1 : 0));
    expect(linesOf(isoLines(plateau, 9, 9, 1))).toEqual([]);
    const [ring, ...rest] = linesOf(isoLines(plateau, 9, 9, 0));
    expect(rest).toEqual([]);
    // One sample around the plateau on every side, its corners cut: (2 + 2) * (4 + 2) - 4 / 2.
    expect(areaOf(ring.points)).toBe(22);
    expect(new Set(ring.points.map(String)).size).toBe(ring.points.length);
  });

  it('drops what shrinks to a point', () => {
    const pit = new Float32Array(81).fill(1);
    pit[40] = 0;
    expect(linesOf(isoLines(pit, 9, 9, 0))).toEqual([]);
  });

  it('finds nothing in constant, zero, NaN and one-sample-wide slices', () => {
    for (const value of [0, 1, Number.NaN]) {
      expect(isoLines(new Float32Array(25).fill(value), 5, 5, 1).closed).toHaveLength(0);
    }
    expect(isoLines(Float32Array.of(0, 2, 0), 3, 1, 1).closed).toHaveLength(0);
  });

  it('uses every crossing once on noise, ambiguous cells included', () => {
    const noise = sampled(128, 96, uniform(7));
    let crossings = 0;
    for (let y = 0; y < 96; y++) {
      for (let x = 0; x < 128; x++) {
        const high = noise[y * 128 + x] > 0.5;
        if (x + 1 < 128 && high !== noise[y * 128 + x + 1] > 0.5) crossings++;
        if (y + 1 < 96 && high !== noise[(y + 1) * 128 + x] > 0.5) crossings++;
      }
    }
    const { points } = isoLines(noise, 128, 96, 0.5);
    expect(points.length / 2).toBe(crossings);
  });
});

describe('iso-lines and the surface of the same level', () => {
  it.each([0.3, -0.3])('cross the same edges of a slice at the same points, level %s', (level) => {
    const random = uniform(3);
    const data = Float32Array.from({ length: 12 ** 3 }, (_, i) => {
      const value = 2 * random() - 1;
      const [x, y, z] = [i % 12, Math.floor(i / 12) % 12, Math.floor(i / 144)];
      const border = Math.min(x, y, z, 11 - x, 11 - y, 11 - z) === 0;
      return border ? 0 : value;
    });
    const voxelSize = [3, 5, 7] as const;
    const origin = [-40, 10, 2] as const;
    const { positions } = isosurface({ data, shape: [12, 12, 12], voxelSize, origin }, level);
    const z = 6;
    const cut = new Set<string>();
    for (let i = 0; i < positions.length; i += 3) {
      if (Math.abs(positions[i + 2] - (origin[2] + z * voxelSize[2])) > 1e-5) continue;
      cut.add(`${positions[i].toFixed(3)} ${positions[i + 1].toFixed(3)}`);
    }
    const lines = isoLines(data.subarray(z * 144, (z + 1) * 144), 12, 12, level);
    const points = pointsInAngstrom(lines, [3, 5], [-40, 10]);
    const drawn = new Set<string>();
    for (let i = 0; i < points.length; i += 2) {
      drawn.add(`${points[i].toFixed(3)} ${points[i + 1].toFixed(3)}`);
    }
    expect(drawn.size).toBeGreaterThan(50);
    expect(drawn).toEqual(cut);
  });
});

describe('pointsInAngstrom', () => {
  it('scales and shifts each axis on its own', () => {
    const lines = isoLines(
      sampled(10, 6, (x) => x),
      10,
      6,
      4.25,
    );
    const [x, y] = pointsInAngstrom(lines, [10, 4], [-20, 8]);
    expect([x, y]).toEqual([22.5, 28]);
  });
});
