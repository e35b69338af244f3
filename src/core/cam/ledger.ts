import type { LedgerRow } from './types.ts';

/**
 * Splits a class score into the layer's share, the share of the biases, what goes around the layer, and what is left
 * (0 when everything behind the layer is piecewise linear).
 */
export function ledgerRow(
  index: number,
  score: number,
  { cam, bias, bypass }: Pick<LedgerRow, 'cam' | 'bias' | 'bypass'>,
): LedgerRow {
  return { index, score, cam, bias, bypass, residual: score - cam - bias - bypass };
}
