import type { LedgerRow } from './types.ts';

/**
 * Splits a class score into the layer's share, the share of the biases behind it, and what is left
 * (0 when everything behind the layer is piecewise linear).
 */
export function ledgerRow(index: number, score: number, cam: number, bias: number): LedgerRow {
  return { index, score, cam, bias, residual: score - cam - bias };
}
