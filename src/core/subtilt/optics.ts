import type { StarColumns } from '../particles/star.ts';
import type { Focus, OpticsGroup } from './types.ts';

/** Columns that {@link focusAt} reads. */
export const FOCUS = [
  'rlnDefocusU',
  'rlnDefocusV',
  'rlnDefocusAngle',
  'rlnCtfScalefactor',
  'rlnPhaseShift',
];

/** What one row says about contrast transfer; null without a defocus. */
export function focusAt(numbers: StarColumns['numbers'], row: number): Focus | null {
  const at = (label: string) => numbers[label]?.[row];
  const u = at('rlnDefocusU');
  if (u === undefined) return null;
  return {
    u,
    v: at('rlnDefocusV') ?? u,
    angle: at('rlnDefocusAngle') ?? 0,
    scale: at('rlnCtfScalefactor') ?? 1,
    phase: at('rlnPhaseShift') ?? 0,
  };
}

/** What a row says of the optics, with the values that programs take where it does not. */
export function opticsOf(
  of: (label: string, otherwise: number) => number,
  pixelSize: number,
): OpticsGroup {
  return {
    pixelSize,
    optics: {
      voltage: of('rlnVoltage', 300),
      sphericalAberration: of('rlnSphericalAberration', 2.7),
      amplitudeContrast: of('rlnAmplitudeContrast', 0.1),
    },
    multiplied: of('rlnCtfDataAreCtfPremultiplied', 0) !== 0,
  };
}
