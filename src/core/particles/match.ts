/** Which points of one set stand where points of another do. */
export interface Matches {
  /** For each point of the first set, the index of its partner in the second; -1 for none. */
  readonly of: Int32Array;
  readonly found: number;
}

/**
 * Pairs points that are not further apart than `within`, the closest pairs first and each point once.
 *
 * @param first x, y, z, three numbers a point
 */
export function matchPoints(first: Float64Array, second: Float64Array, within: number): Matches {
  const cells = new Map<string, number[]>();
  const cellOf = (at: Float64Array, i: number) =>
    [0, 1, 2].map((axis) => Math.floor(at[3 * i + axis] / within));
  for (let j = 0; j < second.length / 3; j++) {
    const key = cellOf(second, j).join();
    const cell = cells.get(key);
    if (cell) cell.push(j);
    else cells.set(key, [j]);
  }
  const pairs: { readonly i: number; readonly j: number; readonly away: number }[] = [];
  for (let i = 0; i < first.length / 3; i++) {
    const [x, y, z] = cellOf(first, i);
    for (let c = 0; c < 27; c++) {
      const key = [x + (c % 3) - 1, y + (Math.floor(c / 3) % 3) - 1, z + Math.floor(c / 9) - 1];
      for (const j of cells.get(key.join()) ?? []) {
        const away = Math.hypot(
          first[3 * i] - second[3 * j],
          first[3 * i + 1] - second[3 * j + 1],
          first[3 * i + 2] - second[3 * j + 2],
        );
        if (away <= within) pairs.push({ i, j, away });
      }
    }
  }
  pairs.sort((a, b) => a.away - b.away);
  const of = new Int32Array(first.length / 3).fill(-1);
  const taken = new Uint8Array(second.length / 3);
  let found = 0;
  for (const { i, j } of pairs) {
    if (of[i] >= 0 || taken[j]) continue;
    of[i] = j;
    taken[j] = 1;
    found++;
  }
  return { of, found };
}
