/**
 * Participation ratio `(sum a)^2 / (n sum a^2)` of values of one sign: the share of the box that would
 * hold them if they filled it evenly and the rest were empty; 1 when all are equal, `1/n` when one
 * voxel holds everything. Null when all are 0.
 */
export function participationRatio(values: ArrayLike<number>): number | null {
  let sum = 0;
  let squares = 0;
  for (let v = 0; v < values.length; v++) {
    sum += values[v];
    squares += values[v] * values[v];
  }
  return squares === 0 ? null : (sum * sum) / (values.length * squares);
}
