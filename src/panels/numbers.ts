import { formatValue } from '../core/color/index.ts';
import { withMinus } from '../core/minus.ts';

/** Three digits with an explicit sign. */
export function signed(value: number): string {
  return value > 0 ? `+${formatValue(value)}` : formatValue(value);
}

/**
 * A writer for numbers that stand under each other: as many decimals for all as give the largest of
 * `values` three digits.
 */
export function aligned(values: readonly number[]): (value: number) => string {
  const largest = values.reduce(
    (most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most),
    0,
  );
  if (largest >= 1e5 || (largest > 0 && largest < 1e-2)) return (value) => formatValue(value);
  const decimals = Math.max(0, 2 - Math.max(0, Math.floor(Math.log10(largest || 1))));
  return (value) =>
    Number.isFinite(value) ? withMinus(value.toFixed(decimals)) : formatValue(value);
}

/** A probability as people say it: never a rounded 0 or 1. */
export function probability(p: number): string {
  if (p > 0.995 && p < 1) return '>0.99';
  if (p >= 1) return '1.00';
  if (p < 0.005) return p === 0 ? '0' : '<0.01';
  return p.toFixed(2);
}
