import { expect, it } from 'vitest';
import { enclosedMass, levelEnclosing, massBeyond } from './mass.ts';

it('says how much of a map lies beyond a level, whatever its sign and scale', () => {
  for (const scale of [1e-9, 1, 1e9]) {
    const map = Float32Array.of(-1, 2, -3, 4, 0).map((value) => value * scale);
    const table = enclosedMass([map], 4 * scale);
    expect(massBeyond(table, 0)).toBeCloseTo(100, 6);
    expect(massBeyond(table, 2.5 * scale)).toBeCloseTo(70, 6);
    expect(massBeyond(table, 3.5 * scale)).toBeCloseTo(40, 6);
  }
});

it('finds the level that encloses a share, to the width of a bin', () => {
  const map = Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i) * (i % 97));
  const table = enclosedMass([map], 96);
  for (const mass of [1, 10, 50, 90, 99]) {
    const level = levelEnclosing(table, mass);
    const total = map.reduce((sum, value) => sum + Math.abs(value), 0);
    const beyond = map.reduce(
      (sum, value) => sum + (Math.abs(value) >= level ? Math.abs(value) : 0),
      0,
    );
    expect((100 * beyond) / total).toBeCloseTo(mass, 0);
    expect(massBeyond(table, level)).toBeCloseTo(mass, 6);
  }
});

it('pools maps of one scale, and gives no level where all is zero', () => {
  const table = enclosedMass([Float32Array.of(1), Float32Array.of(0.5, 0.5)], 1);
  expect(massBeyond(table, 0.75)).toBeCloseTo(50, 6);
  expect(massBeyond(enclosedMass([new Float32Array(3)], 0), 0)).toBe(0);
});
