/**
 * Kendall's tau-b between two rankings of the same `n` items, ties corrected:
 * `(concordant - discordant) / sqrt((pairs - tiesX) (pairs - tiesY))` (Kendall 1945).
 * NaN when either list has no two different values. `n` is the number of classes, so all pairs are
 * visited.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let balance = 0;
  let orderedX = 0;
  let orderedY = 0;
  for (let i = 1; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i] - x[j]);
      const dy = Math.sign(y[i] - y[j]);
      balance += dx * dy;
      orderedX += dx * dx;
      orderedY += dy * dy;
    }
  }
  return orderedX === 0 || orderedY === 0 ? Number.NaN : balance / Math.sqrt(orderedX * orderedY);
}
