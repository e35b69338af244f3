import { type EnclosedMass, levelEnclosing, massBeyond } from './mass.ts';

export const LEVEL_UNITS = ['percent', 'sigma', 'absolute'] as const;
/** Percent of the extreme, standard deviations, or raw units of the volume. */
export type LevelUnit = (typeof LEVEL_UNITS)[number];

/** Of a heatmap's levels also the percent of its mass, `sum |L|`, that lies beyond them. */
export const HEATMAP_UNITS = [...LEVEL_UNITS, 'mass'] as const;
export type HeatmapUnit = (typeof HEATMAP_UNITS)[number];

/**
 * What percent and sigma are measured from. Both run from a base towards the molecule's side, so a
 * larger level is always further into the signal, also where the signal is negative:
 * `absolute = zero + percent / 100 * (extreme - zero) = mean + sigmas * sigma`.
 */
export interface LevelBasis {
  /** Raw value of 0 percent. */
  readonly zero: number;
  /** Raw value of 100 percent. */
  readonly extreme: number;
  /** Raw value of 0 sigma. */
  readonly mean: number;
  /** Raw value of one standard deviation; negative where the signal lies below the mean. */
  readonly sigma: number;
}

export type Contrast = 'dark' | 'bright';

export interface DensityStats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

/** What a heatmap's levels are measured from. */
export interface HeatmapBasis extends LevelBasis {
  readonly mass: EnclosedMass;
}

/** Magnitude of a heatmap's level. */
export function heatmapLevel(level: number, unit: HeatmapUnit, basis: HeatmapBasis): number {
  return unit === 'mass' ? levelEnclosing(basis.mass, level) : toAbsolute(level, unit, basis);
}

/** A magnitude as a level in some unit. */
export function heatmapValue(magnitude: number, unit: HeatmapUnit, basis: HeatmapBasis): number {
  return unit === 'mass' ? massBeyond(basis.mass, magnitude) : fromAbsolute(magnitude, unit, basis);
}

/** A heatmap's magnitudes: percent of the colour scale's `limit`, deviations `std` from zero. */
export function heatmapBasis(limit: number, std: number): LevelBasis {
  return { zero: 0, extreme: limit, mean: 0, sigma: std };
}

/**
 * A density's levels towards the molecule: the minimum where it is dark (30 percent of a volume that
 * straddles zero is `0.3 * min`, as in the paper's Figure 3), else the maximum. A density all on one
 * side of zero (unsigned bytes) is measured from its mean, as zero means nothing there.
 */
export function densityBasis(stats: DensityStats, contrast: Contrast): LevelBasis {
  const { min, max, mean, std } = stats;
  const dark = contrast === 'dark';
  return {
    zero: min < 0 && max > 0 ? 0 : mean,
    extreme: dark ? min : max,
    mean,
    sigma: dark ? -std : std,
  };
}

/** Raw value of a level. */
export function toAbsolute(level: number, unit: LevelUnit, basis: LevelBasis): number {
  if (unit === 'percent') return basis.zero + (level / 100) * (basis.extreme - basis.zero);
  if (unit === 'sigma') return basis.mean + level * basis.sigma;
  return level;
}

/** Level of a raw value; 0 where the unit has no extent (a constant volume). */
export function fromAbsolute(value: number, unit: LevelUnit, basis: LevelBasis): number {
  if (unit === 'absolute') return value;
  const [base, extent] =
    unit === 'percent'
      ? [basis.zero, (basis.extreme - basis.zero) / 100]
      : [basis.mean, basis.sigma];
  // Adding 0 turns -0 into 0.
  return extent === 0 ? 0 : (value - base) / extent + 0;
}

/** The same level in another unit. */
export function convertLevel(
  level: number,
  from: LevelUnit,
  to: LevelUnit,
  basis: LevelBasis,
): number {
  return from === to ? level : fromAbsolute(toAbsolute(level, from, basis), to, basis);
}

/** Ends of a slider over everything from the base to the extreme, `min <= max`. */
export function levelRange(unit: LevelUnit, basis: LevelBasis): { min: number; max: number } {
  const ends = [basis.zero, basis.extreme].map((value) => fromAbsolute(value, unit, basis));
  return { min: Math.min(...ends), max: Math.max(...ends) };
}

/** Signed iso-levels of a heatmap from magnitudes, without zeros, doubles and what `sign` hides. */
export function signedLevels(
  magnitudes: readonly number[],
  sign: 'both' | 'positive' | 'negative',
): number[] {
  const distinct = [...new Set(magnitudes.filter((value) => value > 0))].sort((a, b) => a - b);
  const negative = sign === 'positive' ? [] : distinct.map((value) => -value).reverse();
  return [...negative, ...(sign === 'negative' ? [] : distinct)];
}
