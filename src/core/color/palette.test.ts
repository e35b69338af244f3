import { describe, expect, it } from 'vitest';
import { linearOf, type Rgb, toOklab } from './oklab.ts';
import { ENTRIES, HALF, NEUTRAL, PALETTES } from './palette.ts';

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB. */
const DEFICIENCIES = {
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deuteranopia: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritanopia: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
};

function seen(color: Rgb, m: readonly number[]): readonly number[] {
  const linear = color.map(linearOf);
  const encode = (c: number) =>
    255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * Math.min(1, c) ** (1 / 2.4) - 0.055);
  const rgb = [0, 3, 6].map((r) =>
    encode(Math.max(0, m[r] * linear[0] + m[r + 1] * linear[1] + m[r + 2] * linear[2])),
  );
  return toOklab(rgb as unknown as Rgb);
}

const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const solidAt = (table: Uint8ClampedArray, i: number): Rgb => [
  table[i * 4],
  table[i * 4 + 1],
  table[i * 4 + 2],
];

describe('OKLab', () => {
  it('gives the published values of white and pure red', () => {
    expect(toOklab([255, 255, 255])[0]).toBeCloseTo(1, 4);
    const red = toOklab([255, 0, 0]);
    expect(red[0]).toBeCloseTo(0.62796, 4);
    expect(red[1]).toBeCloseTo(0.22486, 4);
    expect(red[2]).toBeCloseTo(0.12585, 4);
  });
});

describe.each(Object.entries(PALETTES))('the palette %s', (_, { colorOf, overlay, solid }) => {
  it('has other colours for the two signs, and none at zero', () => {
    for (const t of [0.1, 0.5, 1]) expect(colorOf(t)).not.toEqual(colorOf(-t));
    expect(overlay[HALF * 4 + 3]).toBe(0);
    expect(solidAt(solid, HALF)).toEqual(NEUTRAL);
  });
});

describe('the diverging palette', () => {
  const { colorOf, solid } = PALETTES.diverging;

  it.each(Object.entries(DEFICIENCIES))('shows the signs apart with %s', (_, matrix) => {
    for (const t of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
      expect(distance(seen(colorOf(t), matrix), seen(colorOf(-t), matrix))).toBeGreaterThan(0.12);
    }
  });

  it('gets darker with magnitude on both sides', () => {
    const lightness = Array.from({ length: ENTRIES }, (_, i) => toOklab(solidAt(solid, i))[0]);
    for (let i = 8; i <= HALF; i += 8) {
      expect(lightness[HALF + i]).toBeLessThan(lightness[HALF + i - 8]);
      expect(lightness[HALF - i]).toBeLessThan(lightness[HALF - i + 8]);
    }
  });
});

describe('the paper palette', () => {
  const { colorOf } = PALETTES.paper;

  it('is jet for positive and grey to black for negative', () => {
    expect(colorOf(0.125)).toEqual([0, 0, 255]);
    expect(colorOf(0.5)).toEqual([128, 255, 128]);
    expect(colorOf(0.875)).toEqual([255, 0, 0]);
    expect(colorOf(-1)).toEqual([0, 0, 0]);
    const [r, g, b] = colorOf(-0.5);
    expect([g, b]).toEqual([r, r]);
  });
});
