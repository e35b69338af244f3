import { describe, expect, it } from 'vitest';
import { margin, worstItems } from './volumeOrders.ts';
import { item } from './testing.ts';

describe('the list of volumes', () => {
  const right = item(0, { scores: [5, 1], tau: 0.5 });
  const wrong = item(1, { scores: [1, 2], predicted: 1, tau: 0.9 });
  const unknown = item(2, { class: null, tau: null });
  const orders = (by: Parameters<typeof worstItems>[1]) =>
    worstItems([right, wrong, unknown], by, null).map(({ order }) => order);

  it('leads by the score of the truth', () => {
    expect([right, wrong, unknown].map(margin)).toEqual([4, -1, null]);
  });

  it('puts the worst first and what cannot be ranked last', () => {
    expect(orders('tau-respond')).toEqual([0, 1, 2]);
    expect(orders('margin')).toEqual([1, 0, 2]);
    expect(orders('l1-grad')).toEqual([2, 1, 0]);
  });

  it('holds the volumes of one cell', () => {
    const cell = { truth: 0, predicted: 1 };
    expect(worstItems([right, wrong, unknown], 'margin', cell)).toEqual([wrong]);
  });
});
