import { describe, expect, it } from 'vitest';
import { contrastTransfer, detectorTransfer, electronWavelength, type Optics } from './optics.ts';
import { sliceOverlap, tiltAngles, wedgeCoverage } from './wedge.ts';

const OPTICS: Optics = {
  voltage: 300,
  sphericalAberration: 2.7,
  defocus: 5,
  amplitudeContrast: 0.1,
  envelope: 0,
};

describe('contrastTransfer', () => {
  it('has the wavelengths of the tables (Williams & Carter, table 1.2)', () => {
    expect(electronWavelength(100)).toBeCloseTo(0.037, 4);
    expect(electronWavelength(200)).toBeCloseTo(0.02508, 4);
    expect(electronWavelength(300)).toBeCloseTo(0.01969, 4);
  });

  it.each([
    ['phase contrast alone', { ...OPTICS, sphericalAberration: 0, amplitudeContrast: 0 }, 0],
    ['amplitude contrast', { ...OPTICS, sphericalAberration: 0 }, Math.asin(0.1) / Math.PI],
  ] as const)('vanishes at k = sqrt((m - phase) / (lambda dz)): %s', (_, optics, phase) => {
    for (let m = 1; m <= 3; m++) {
      const k = Math.sqrt((m - phase) / (electronWavelength(300) * 5e4));
      expect(Math.abs(contrastTransfer(k, optics))).toBeLessThan(1e-6);
      expect(contrastTransfer(k * 0.99, optics) * contrastTransfer(k * 1.01, optics)).toBeLessThan(
        0,
      );
    }
  });

  it('with Cs, vanishes where lambda dz k^2 - Cs lambda^3 k^4 / 2 is a whole number', () => {
    const optics = { ...OPTICS, amplitudeContrast: 0, defocus: 1 };
    const lambda = electronWavelength(300);
    const a = 0.5 * 2.7e7 * lambda ** 3;
    const b = lambda * 1e4;
    for (let m = 1; m <= 3; m++) {
      const k = Math.sqrt((b - Math.sqrt(b * b - 4 * a * m)) / (2 * a));
      expect(Math.abs(contrastTransfer(k, optics))).toBeLessThan(1e-6);
    }
  });

  it('is the amplitude contrast at zero, dark in underfocus, damped by the envelope', () => {
    expect(contrastTransfer(0, OPTICS)).toBeCloseTo(-0.1, 12);
    expect(contrastTransfer(1 / 60, OPTICS)).toBeLessThan(-0.7);
    const damped = contrastTransfer(1 / 40, { ...OPTICS, envelope: 1600 });
    expect(damped / contrastTransfer(1 / 40, OPTICS)).toBeCloseTo(Math.exp(-0.25), 6);
  });

  it('detector: 1 at zero, 2 / pi at Nyquist', () => {
    expect(detectorTransfer(0)).toBe(1);
    expect(detectorTransfer(1)).toBeCloseTo(2 / Math.PI, 12);
  });
});

describe('wedge', () => {
  it.each([30, 45, 60, 70])('tilt of %i degrees covers tilt / 90 of a disc', (tilt) => {
    const radius = 200;
    let covered = 0;
    let all = 0;
    for (let z = -radius; z <= radius; z++)
      for (let x = -radius; x <= radius; x++) {
        if (x * x + z * z > radius * radius) continue;
        all++;
        covered += wedgeCoverage(x, z, tilt);
      }
    expect(covered / all).toBeCloseTo(tilt / 90, 2);
  });

  it('misses the beam axis and has the tilt axis', () => {
    expect(wedgeCoverage(0, 10, 60)).toBe(0);
    expect(wedgeCoverage(10, 0, 60)).toBe(1);
    expect(wedgeCoverage(0, 0, 60)).toBe(1);
    expect(wedgeCoverage(10, 10 * Math.tan(Math.PI / 3), 60)).toBeCloseTo(0.5, 6);
  });

  it('41 tilts of 3 degrees; all slices overlap at the axis, one alone far out', () => {
    const angles = tiltAngles(60, 3);
    expect(angles.length).toBe(41);
    expect(angles[0]).toBeCloseTo(-Math.PI / 3, 12);
    expect(angles[20]).toBe(0);
    expect(sliceOverlap(0, 0, angles)).toBe(41);
    expect(sliceOverlap(1000, 0, angles)).toBe(1);
    // In between, the density of a fan: 1 / (radius * step).
    expect(sliceOverlap(6, 0, angles)).toBeCloseTo(1 / (6 * (Math.PI / 60)), 0);
  });
});
