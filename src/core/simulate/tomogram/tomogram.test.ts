import { describe, expect, test } from 'vitest';
import { computeStats } from '../../volume/stats.ts';
import type { Shape3, Vec3 } from '../../volume/types.ts';
import { createFourierModel } from '../fourier.ts';
import { createRandom } from '../random.ts';
import { rotationMatrix } from '../rotation.ts';
import { resolveSpec } from '../spec.ts';
import { createSpline, rotateVolume } from '../spline.ts';
import { testTemplates } from '../test-templates.ts';
import { imageVolume } from './image.ts';
import { simulateTomogram } from './index.ts';
import { addBead, addMembrane, type Canvas } from './paint.ts';
import { placeObjects } from './place.ts';

const blank = (shape: Shape3): Canvas => ({
  data: new Float32Array(shape[0] * shape[1] * shape[2]),
  shape,
  voxelSize: 10,
});
const sum = (data: Float32Array) => data.reduce((a, b) => a + b, 0);
const distance = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const idle = async () => {};

describe('places', () => {
  const shape: Shape3 = [90, 140, 150];
  const wanted = {
    particles: Array.from({ length: 40 }, (_, i) => 8 + (i % 5)),
    membranes: 2,
    fiducials: 5,
    voxelSize: 10,
  };
  const placed = placeObjects(shape, wanted, createRandom(3));

  test('nothing overlaps and particles stand whole in the tomogram', () => {
    const balls = [...placed.particles, ...placed.fiducials];
    expect(placed.particles.map(({ radius }) => radius)).toEqual(wanted.particles);
    for (const [i, a] of balls.entries()) {
      for (const b of balls.slice(i + 1))
        expect(distance(a.centre, b.centre)).toBeGreaterThanOrEqual(a.radius + b.radius);
      for (const shell of placed.membranes) {
        const off = Math.abs(distance(a.centre, shell.centre) - shell.radius);
        expect(off).toBeGreaterThanOrEqual(a.radius + 4.5);
      }
      a.centre.forEach((at, axis) => {
        expect(at - a.radius).toBeGreaterThanOrEqual(-0.5);
        expect(at + a.radius).toBeLessThanOrEqual(shape[2 - axis] - 0.5);
      });
    }
  });

  test('the same seed gives the same places, another one others', () => {
    expect(placeObjects(shape, wanted, createRandom(3))).toEqual(placed);
    expect(placeObjects(shape, wanted, createRandom(4))).not.toEqual(placed);
  });

  test('what has no room is refused with how many there is room for', () => {
    const many = { ...wanted, particles: new Array(400).fill(10) };
    expect(() => placeObjects(shape, many, createRandom(3))).toThrow(
      /room for \d+ of the 400 particles .*150 x 140 x 90/,
    );
    expect(() => placeObjects([16, 140, 150], wanted, createRandom(3))).toThrow(/room for 0/);
  });
});

describe('densities', () => {
  test('a bead holds its volume of gold', () => {
    const canvas = blank([40, 40, 40]);
    addBead(canvas, { centre: [19.3, 20.1, 18.7], radius: 7 }, 3);
    // A logistic edge of slope s (of an error function of sigma 9 Å) adds (pi s / R)^2.
    const slope = 40 / (Math.PI * Math.SQRT2) / 10 / 1.702;
    const wanted = 3 * (4 / 3) * Math.PI * 7 ** 3 * (1 + (Math.PI * slope) ** 2 / 49);
    expect(Math.abs(sum(canvas.data) / wanted - 1)).toBeLessThan(0.005);
    expect(canvas.data[(19 * 40 + 20) * 40 + 19]).toBeCloseTo(3, 2);
  });

  test('a vesicle holds the area of its leaflets times their thickness, cut off at the faces', () => {
    const canvas = blank([80, 80, 80]);
    addMembrane(canvas, { centre: [40, 39.5, 40.2], radius: 25 }, 1);
    // Two Gaussian shells of 10.82 Å at 25 ± 1.8 voxels.
    const sigma = Math.hypot(6, 40 / (Math.PI * Math.SQRT2)) / 10;
    const area = 4 * Math.PI * (26.8 ** 2 + 23.2 ** 2 + 2 * sigma ** 2);
    const wanted = area * sigma * Math.sqrt(2 * Math.PI);
    expect(Math.abs(sum(canvas.data) / wanted - 1)).toBeLessThan(0.02);
    const half = blank([80, 80, 80]);
    addMembrane(half, { centre: [-0.5, 39.5, 40.2], radius: 25 }, 1);
    expect(Math.abs(sum(half.data) / wanted - 0.5)).toBeLessThan(0.02);
  });
});

describe('imaging', () => {
  const spec = resolveSpec({});
  const rotation = rotationMatrix([0.5, 0.5, 0.1, Math.sqrt(0.49)]);
  const [template] = testTemplates();
  const upright = new Float32Array(40 ** 3);
  rotateVolume(createSpline(template.volume), rotation, [0, 0, 0], upright);

  test('of a box is that of a simulated subtomogram', async () => {
    const own = upright.slice();
    createFourierModel(40, 10, spec).image(own, createRandom(1), Number.POSITIVE_INFINITY);
    const canvas = { data: upright.slice(), shape: [40, 40, 40] as Shape3, voxelSize: 10 };
    await imageVolume(canvas, spec, null, idle);
    const { max } = computeStats(own.map(Math.abs));
    const off = own.map((value, i) => Math.abs(canvas.data[i] - value));
    expect(computeStats(off).max).toBeLessThan(1e-5 * max);
  });

  test('noise has the variance asked for, and in a box the spectrum of a subtomogram', async () => {
    const canvas = blank([60, 80, 90]);
    const noise = { random: createRandom(7), variance: 2.5, box: 40 };
    await imageVolume(canvas, spec, noise, idle);
    const stats = computeStats(canvas.data);
    expect(stats.std ** 2 / 2.5).toBeCloseTo(1, 1);
    expect(Math.abs(stats.mean)).toBeLessThan(0.05);
    // Neighbours along y and along z, against noise of the fast model in one box.
    const correlation = (data: Float32Array, [nz, ny, nx]: Shape3, apart: number) => {
      let product = 0;
      let square = 0;
      for (let z = 0; z + 1 < nz; z++)
        for (let y = 0; y + 1 < ny; y++)
          for (let x = 0; x < nx; x++) {
            const at = (z * ny + y) * nx + x;
            product += data[at] * data[at + (apart === 1 ? nx : ny * nx)];
            square += data[at] ** 2;
          }
      return product / square;
    };
    const box = new Float32Array(40 ** 3);
    box[0] = 1;
    createFourierModel(40, 10, resolveSpec({ snr: 1 })).image(box, createRandom(3), 1e-6);
    for (const apart of [1, 2]) {
      const wanted = correlation(box, [40, 40, 40], apart);
      const got = correlation(canvas.data, [60, 80, 90], apart);
      expect(Math.abs(got - wanted)).toBeLessThan(0.03);
    }
  });
});

describe('a synthetic tomogram', () => {
  const scene = { shape: [50, 88, 86] as Shape3, perClass: 2, membranes: 0, fiducials: 1 };
  const make = (seed: number, snr = 0.2) => simulateTomogram(testTemplates(), scene, { seed, snr });

  test('depends on its seed alone; its scene does not depend on the noise', async () => {
    const one = await make(5);
    expect(one.data.length).toBe(50 * 88 * 86);
    expect(one.particles.map((p) => p.class)).toEqual([0, 0, 1, 1]);
    const again = await make(5);
    expect(again.data.every((value, i) => value === one.data[i])).toBe(true);
    const clean = await make(5, Number.POSITIVE_INFINITY);
    expect(clean.particles).toEqual(one.particles);
    expect(clean.noiseVariance).toBe(0);
    expect((await make(6)).particles).not.toEqual(one.particles);
    const noise = one.data.map((value, i) => value - clean.data[i]);
    expect(computeStats(noise).std ** 2 / one.noiseVariance).toBeCloseTo(1, 1);
  });

  test('a particle stands dark at its place', async () => {
    const { data, particles } = await make(5, Number.POSITIVE_INFINITY);
    const { mean, std } = computeStats(data);
    const [, ny, nx] = scene.shape;
    for (const { position } of particles) {
      // The lowest of the neighbourhood: the test's molecules are hollow.
      const [x, y, z] = position.map((at) => Math.round(at / 10));
      let least = Number.POSITIVE_INFINITY;
      for (let c = z - 7; c <= z + 7; c++)
        for (let b = y - 7; b <= y + 7; b++)
          for (let a = x - 7; a <= x + 7; a++)
            if (c >= 0 && c < scene.shape[0])
              least = Math.min(least, data[(c * ny + b) * nx + a] ?? 0);
      expect(least).toBeLessThan(mean - std);
    }
  });

  test.each([
    [{ ...scene, shape: [50, 88, 8] as Shape3 }, /8 × 88 × 50.*at least 16/],
    [{ ...scene, shape: [5000, 5000, 5000] as Shape3 }, /up to 268435456/],
    [{ ...scene, membranes: -1 }, /-1 membranes/],
    [{ ...scene, fiducials: 1.5 }, /1.5 fiducials/],
  ])('refuses %j', async (bad, message) => {
    await expect(simulateTomogram(testTemplates(), bad)).rejects.toThrow(message);
  });
});
