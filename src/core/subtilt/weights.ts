import { electronWavelength } from '../simulate/optics.ts';
import type { Focus, SubTiltOptics, Tilt } from './types.ts';

/**
 * What is left of a frequency `k` (1/Å) after `dose` electrons per Å²: `exp(-dose / (2 Nc))` with the critical exposure
 * `Nc = 0.245 k^-1.665 + 2.81` (Grant & Grigorieff 2015).
 */
export function doseWeight(k: number, dose: number): number {
  if (k <= 0) return 1;
  // A third of the time of a power.
  const critical = 0.245 * Math.exp(-1.665 * Math.log(k)) + 2.81;
  return Math.exp(-dose / (2 * critical));
}

/** A transfer by frequency along `x` and `y`, 1/Å. */
export type Transfer = (x: number, y: number) => number;

/** Contrast transfer: positive at low frequencies, as RELION has it. */
export function focusTransfer(
  { u, v, angle, scale, phase }: Focus,
  { voltage, sphericalAberration, amplitudeContrast }: SubTiltOptics,
): Transfer {
  const lambda = electronWavelength(voltage);
  const cs = sphericalAberration * 1e7;
  const turn = (2 * angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [mean, half] = [0.5 * (u + v), 0.5 * (u - v)];
  const shift = Math.asin(amplitudeContrast) + (phase * Math.PI) / 180;
  return (x, y) => {
    const k2 = x * x + y * y;
    // Defocus times the square of the frequency; its angle from x is not needed by itself.
    const focus = mean * k2 + half * ((x * x - y * y) * cos + 2 * x * y * sin);
    const chi = Math.PI * lambda * (focus - 0.5 * cs * lambda * lambda * k2 * k2);
    return scale * Math.sin(chi + shift);
  };
}

/** What the dose leaves of a frequency along a tilt's own axes; 1 where it is not known. */
export const doseTransfer = ({ dose }: Pick<Tilt, 'dose'>): Transfer =>
  dose === null ? () => 1 : (x, y) => doseWeight(Math.sqrt(x * x + y * y), dose);

/** What a tilt lets through of a frequency along its own axes; 1 where nothing is known. */
export function tiltTransfer(tilt: Tilt, optics: SubTiltOptics): Transfer {
  const dose = doseTransfer(tilt);
  if (!tilt.focus) return dose;
  const contrast = focusTransfer(tilt.focus, optics);
  return (x, y) => dose(x, y) * contrast(x, y);
}
