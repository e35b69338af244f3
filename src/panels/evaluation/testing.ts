import type { EvaluationItem } from '../../core/evaluation/index.ts';
import { perMethod } from '../../core/evaluation/record.ts';

/** A volume of two classes. */
export function item(order: number, part: Partial<EvaluationItem> & { tau?: number | null } = {}) {
  const { tau = 1, ...rest } = part;
  const made: EvaluationItem = {
    order,
    id: `volume ${order}`,
    class: 0,
    predicted: 0,
    scores: [3, 1],
    methods: perMethod((method) => ({
      l1: order,
      kendallTau: tau,
      sums: method === 'grad' ? [-30, 20] : [2.5, 0.5],
    })),
    specificity: perMethod(() => ({ activationSum: 0.9, runnerUp: 0.8 })),
    activationSpread: 0.5,
    ledger: { heatmap: 1, bias: 0, residual: 0 },
    ...rest,
  };
  return made;
}
