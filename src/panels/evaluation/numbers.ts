import type { PublishedNumber, Spread } from '../../core/evaluation/index.ts';
import { spreadText } from '../../core/paper/index.ts';
import { withMinus } from '../../core/minus.ts';

/** As the paper prints its numbers: three decimals. */
export function decimal(value: number): string {
  return withMinus(value.toFixed(3));
}

/** "0.976 ± 0.018", unbroken; a dash where there is no number. */
export function meanStd(number: Spread | PublishedNumber | undefined): string {
  return number ? spreadText(number).replaceAll(' ', '\u00a0') : '–';
}

/** Mean and deviation with the digits that the deviation allows: two of its own. */
export function shortMeanStd({ mean, std }: Spread): string {
  if (mean === null || std === null) return '–';
  const lead = Math.floor(Math.log10(std > 0 ? std : Math.abs(mean) / 100 || 1));
  const digits = Math.max(0, Math.min(4, 1 - lead));
  return `${withMinus(mean.toFixed(digits))}\u00a0±\u00a0${std.toFixed(digits)}`;
}

/** A share as percent, without rounding something to nothing or nearly all to all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return '<0.1%';
  if (value > 99.95 && value < 100) return '>99.9%';
  return `${value === 100 || value === 0 ? value : value.toFixed(1)}%`;
}

/** "3 min 20 s left". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 10 ? `${minutes} min ${seconds % 60} s left` : `${minutes} min left`;
}
