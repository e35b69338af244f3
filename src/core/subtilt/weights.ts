import { electronWavelength } from '../simulate/optics.ts';
import type { Focus, SubTiltOptics, Tilt } from './types.ts';

/**
 * What is left of a frequency `k` (1/Å) after `dose` electrons per Å²: `exp(-dose / (2 Nc))` with the critical exposure
 * `Nc = 0.245 k^-1.665 + 2.81` (Grant & Grigorieff 2015).
 */
export function doseWeight(k: number, dose: number): number {
  if (k <= 0) return 1;
  return Math.exp(-dose / (2 * (0.245 * k ** -1.665 + 2.81)));
}

/** Contrast transfer at a frequency along `x` and `y` (1/Å): positive at low ones, as RELION has it. */
export function focusTransfer(
  x: number,
  y: number,
  { u, v, angle, scale, phase }: Focus,
  optics: SubTiltOptics,
): number {
  const lambda = electronWavelength(optics.voltage);
  const k2 = x * x + y * y;
  const a = (angle * Math.PI) / 180;
  const defocus = 0.5 * (u + v) + 0.5 * (u - v) * Math.cos(2 * (Math.atan2(y, x) - a));
  const cs = optics.sphericalAberration * 1e7;
  const chi = Math.PI * lambda * k2 * (defocus - 0.5 * cs * lambda * lambda * k2);
  return scale * Math.sin(chi + Math.asin(optics.amplitudeContrast) + (phase * Math.PI) / 180);
}

/** What the dose leaves of a frequency along a tilt's own axes; 1 where it is not known. */
export const doseTransfer = (x: number, y: number, { dose }: Tilt): number =>
  dose === null ? 1 : doseWeight(Math.hypot(x, y), dose);

/** What a tilt lets through of a frequency along its own axes; 1 where nothing is known. */
export function tiltTransfer(x: number, y: number, tilt: Tilt, optics: SubTiltOptics): number {
  const left = doseTransfer(x, y, tilt);
  return tilt.focus ? left * focusTransfer(x, y, tilt.focus, optics) : left;
}
