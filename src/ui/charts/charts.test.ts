import { beforeEach, describe, expect, it, vi } from 'vitest';
import { extentOf, linearAxis, padded } from './axis.ts';
import { PointPainter, type PointStyle } from './points.ts';

describe('an axis', () => {
  it.each([1e-9, 1, 1e9])('has round ticks inside its range at scale %g', (scale) => {
    const axis = linearAxis([-85 * scale, 78 * scale], [0, 200], 4);
    expect(axis.ticks.map((tick) => tick / scale)).toEqual(
      [-50, 0, 50].map((v) => expect.closeTo(v)),
    );
    expect([axis.at(-85 * scale), axis.at(78 * scale)]).toEqual([0, expect.closeTo(200)]);
  });

  it('runs upwards from a larger pixel to a smaller one', () => {
    const axis = linearAxis([0, 1], [100, 0], 5);
    expect(axis.at(0.25)).toBe(75);
    expect(axis.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('stands a range without width and a list without values', () => {
    expect(linearAxis([3, 3], [0, 10], 2).at(3)).toBe(0);
    expect(extentOf([])).toEqual([0, 1]);
    expect(extentOf([Number.NaN, 4], [-2])).toEqual([-2, 4]);
    const [low, high] = padded([5, 5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });
});

describe('the painter of points', () => {
  let frames: (() => void)[];
  let squares: number;

  beforeEach(() => {
    frames = [];
    squares = 0;
    vi.stubGlobal('requestAnimationFrame', (next: () => void) => frames.push(next));
    vi.stubGlobal('cancelAnimationFrame', () => {
      frames = [];
    });
  });

  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({ fillRect: () => void squares++ }),
  } as unknown as HTMLCanvasElement;

  const style = (part: Partial<PointStyle> = {}): PointStyle => ({
    width: 100,
    height: 100,
    pixel: 2,
    textColor: 'black',
    atX: (value) => value,
    atY: (value) => value,
    key: 'same',
    ...part,
  });

  const points = (count: number) => {
    const x = Float64Array.from({ length: count }, (_, i) => (i * 7) % 100);
    return { key: 'a', x, y: x, count };
  };

  it('finds the nearest point within reach', () => {
    const painter = new PointPainter();
    painter.paint(canvas, { key: 'a', x: [20, 26, 80], y: [20, 20, 80], count: 3 }, style());
    expect(painter.pick(21, 20)).toBe(0);
    expect(painter.pick(24.5, 20.5)).toBe(1);
    expect(painter.pick(50, 50)).toBeNull();
    expect(canvas.width).toBe(200);
  });

  it('adds later points without drawing the others again', () => {
    const painter = new PointPainter();
    painter.paint(canvas, points(30), style());
    painter.paint(canvas, points(50), style());
    expect(squares).toBe(50);
    painter.paint(canvas, points(50), style({ key: 'other' }));
    expect(squares).toBe(100);
  });

  it('draws many points over several frames, every one once', () => {
    const painter = new PointPainter();
    painter.paint(canvas, points(20_000), style());
    expect(squares).toBeLessThan(20_000);
    while (frames.length > 0) frames.shift()!();
    expect(squares).toBe(20_000);
  });
});
