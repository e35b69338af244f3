import type { LedgerRow } from '../core/cam/types.ts';

export interface LedgerBar {
  readonly label: string;
  readonly value: number;
  /** Percent of the track's width. */
  readonly from: number;
  readonly width: number;
  readonly total: boolean;
}

/** Below this share of the score a residual is rounding and is written as zero. */
const ROUNDING = 1e-4;

/** From this share on the sentence names it. */
const MENTIONED = 0.01;

const sizeOf = ({ cam, bias, score }: LedgerRow) =>
  Math.max(Math.abs(cam), Math.abs(bias), Math.abs(score));

/** Heatmap, biases, bypass (where there is one) and residual as steps that lead from zero to the score. */
export function ledgerBars(row: LedgerRow): { zero: number; bars: LedgerBar[] } {
  const residual = Math.abs(row.residual) <= ROUNDING * sizeOf(row) ? 0 : row.residual;
  const around = row.cam + row.bias + row.bypass;
  const stops = [0, row.cam, row.cam + row.bias, around, around + residual, row.score];
  const low = Math.min(...stops);
  const span = Math.max(...stops) - low || 1;
  const at = (value: number) => ((value - low) / span) * 100;
  const bar = (label: string, from: number, to: number, value: number, total = false) => ({
    label,
    value,
    from: at(Math.min(from, to)),
    width: Math.abs(at(to) - at(from)),
    total,
  });
  return {
    zero: at(0),
    bars: [
      bar('Heatmap', stops[0], stops[1], row.cam),
      bar('Biases', stops[1], stops[2], row.bias),
      ...(row.bypass === 0 ? [] : [bar('Bypass', stops[2], stops[3], row.bypass)]),
      bar('Residual', stops[3], stops[4], residual),
      bar('Score', 0, row.score, row.score, true),
    ],
  };
}

/** What the ledger says, in one sentence. */
export function ledgerSentence(row: LedgerRow): string {
  const { cam, bias, bypass, residual, score } = row;
  const percent = (part: number) => `${Math.round((part / score) * 100)}%`;
  const around = bypass === 0 ? '' : ` and ${percent(bypass)} around it, through skip connections`;
  const passes = `${percent(cam)} of the score passes through this layer${around}`;
  if (Math.abs(residual) > MENTIONED * sizeOf(row))
    return `${passes}; ${percent(residual)} is a residual, because what follows the layer is not piecewise linear.`;
  if (bypass !== 0) return `${passes}; the rest comes from biases.`;
  if (cam * bias >= 0) return `${passes}; the rest comes from biases after it.`;
  return cam * score > 0
    ? 'More than the score passes through this layer; biases after it take some back.'
    : 'What passes through this layer speaks the other way; biases after it outweigh it.';
}
