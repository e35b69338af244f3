import type { Contrast, DensityStats } from './levels.ts';

const CLEAR_SIDE = 2;

/** The side of the mean on which the extreme lies at least twice as far; null when it is unclear. */
export function clearContrast({ min, max, mean }: DensityStats): Contrast | null {
  const below = mean - min;
  const above = max - mean;
  return below > CLEAR_SIDE * above ? 'dark' : above > CLEAR_SIDE * below ? 'bright' : null;
}

/** Side of the solvent on which the molecule lies: what the data say clearly, else as `expected`. */
export function contrastOf(stats: DensityStats, expected?: Contrast): Contrast {
  return (
    clearContrast(stats) ??
    expected ??
    (stats.mean - stats.min > stats.max - stats.mean ? 'dark' : 'bright')
  );
}
