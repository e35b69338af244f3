/** The largest of 1, 2, 5 times a power of ten that is not above `value` (> 0). */
export function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  // The quotient may fall a rounding error short of the digit it stands for.
  const digit = lead >= 5 * (1 - 1e-12) ? 5 : lead >= 2 * (1 - 1e-12) ? 2 : 1;
  return Number((digit * power).toPrecision(12));
}

/** The smallest of 1, 2, 5 times a power of ten that cuts `span` (> 0) into at most `count` parts. */
export function niceStep(span: number, count: number): number {
  const exact = span / count;
  const below = niceBelow(exact);
  return [1, 2, 2.5, 5]
    .map((k) => niceBelow(below * k))
    .find((step) => step >= exact * (1 - 1e-9))!;
}

/** Ticks of `[-limit, +limit]`, symmetric, zero among them; only 0 for a limit of 0. */
export function symmetricTicks(limit: number, perSide = 2.5): number[] {
  if (!(limit > 0)) return [0];
  const step = niceStep(limit, perSide);
  const n = Math.floor(limit / step + 1e-9);
  return Array.from({ length: 2 * n + 1 }, (_, i) => Number(((i - n) * step).toPrecision(12)));
}

/** Short text of a value: three significant digits, a true minus sign, powers of ten when needed. */
export function formatValue(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'no value' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (magnitude >= 1e-3 && magnitude < 1e5) {
    return sign + String(Number(magnitude.toPrecision(digits)));
  }
  const [mantissa, exponent] = magnitude.toExponential(digits - 1).split('e');
  const lead = String(Number(mantissa));
  return `${sign}${lead}e${exponent.replace('+', '').replace('-', '−')}`;
}

/** As {@link formatValue}, with a plus sign where the value is positive. */
export function formatSigned(value: number, digits = 3): string {
  return (value > 0 ? '+' : '') + formatValue(value, digits);
}
