import { describe, expect, it } from 'vitest';
import { fillSlice, type SliceColors } from './fill.ts';
import { NEUTRAL, PALETTES } from './palette.ts';
import { colorAt } from './scale.ts';
import { greyWindow } from './window.ts';

const scale = { limit: 2, palette: PALETTES.diverging };
const colors: SliceColors = { window: { low: 0, high: 10 }, scale, mix: 'overlay', sign: 'both' };

function painted(density: number[], heat: number[] | null, change: Partial<SliceColors> = {}) {
  const out = new Uint8ClampedArray(density.length * 4);
  fillSlice(out, density.length, 1, Float32Array.from(density), heat && Float32Array.from(heat), {
    ...colors,
    ...change,
  });
  return Array.from({ length: density.length }, (_, i) => [...out.subarray(4 * i, 4 * i + 4)]);
}

describe('fillSlice', () => {
  it('paints the density black to white over the window', () => {
    expect(painted([-5, 0, 5, 10, 50], null).map((p) => p[0])).toEqual([0, 0, 128, 255, 255]);
  });

  it('has its vertical axis pointing up', () => {
    const out = new Uint8ClampedArray(8);
    fillSlice(out, 1, 2, Float32Array.of(0, 10), null, colors);
    expect([out[0], out[4]]).toEqual([255, 0]);
  });

  it('shows the density untouched where the heatmap is zero or not a number', () => {
    expect(painted([5, 5], [0, Number.NaN])).toEqual(painted([5, 5], null));
  });

  it('covers the density more the larger the magnitude, red for and blue against', () => {
    const [weak, strong, against] = painted([5, 5, 5], [0.2, 2, -2]);
    expect(strong[0] - strong[2]).toBeGreaterThan(weak[0] - weak[2]);
    expect(against[2]).toBeGreaterThan(against[0]);
  });

  it('paints the heatmap alone in the colours of the bar', () => {
    for (const value of [-2, -0.7, 0, 0.3, 2]) {
      expect(painted([3], [value], { mix: 'heatmap' })[0].slice(0, 3)).toEqual(
        colorAt(value, scale),
      );
    }
  });

  it('leaves out the sign that is not asked for', () => {
    const [plus, minus] = painted([0, 0], [1, -1], { mix: 'heatmap', sign: 'positive' });
    expect(plus.slice(0, 3)).toEqual(colorAt(1, scale));
    expect(minus.slice(0, 3)).toEqual(NEUTRAL);
  });

  it('gives a map of zeros the neutral colour, and a density that is not a number none', () => {
    const zero = { limit: 0, palette: PALETTES.diverging };
    expect(painted([1], [0], { mix: 'heatmap', scale: zero })[0].slice(0, 3)).toEqual(NEUTRAL);
    expect(painted([Number.NaN], null)[0][3]).toBe(0);
  });
});

describe('greyWindow', () => {
  it('ignores a few hot voxels', () => {
    const data = Float32Array.from({ length: 200_000 }, (_, i) => ((i * 7919) % 1000) / 1000);
    data.fill(1e6, 0, 50);
    const { low, high } = greyWindow(data);
    expect(low).toBeCloseTo(0.003, 2);
    expect(high).toBeCloseTo(0.997, 2);
  });

  it('shows a small molecule in an empty box', () => {
    const data = new Float32Array(64_000);
    data[31_000] = -4;
    expect(greyWindow(data)).toEqual({ low: -4, high: 0 });
  });

  it('is an interval for constant, empty and NaN data', () => {
    for (const data of [[3, 3, 3], [0, 0], [], [Number.NaN]]) {
      const { low, high } = greyWindow(data);
      expect(low).toBeLessThan(high);
    }
  });
});
