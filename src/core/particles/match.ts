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
  const cells = cellsOf(second, within);
  const pairs: { readonly i: number; readonly j: number; readonly away: number }[] = [];
  for (let i = 0; i < first.length / 3; i++) {
    const [x, y, z] = first.subarray(3 * i, 3 * i + 3);
    const [cx, cy, cz] = [x, y, z].map((at) => Math.floor(at / within));
    for (let c = 0; c < 27; c++) {
      const cell = cells.of(
        cx + (c % 3) - 1,
        cy + (Math.floor(c / 3) % 3) - 1,
        cz + Math.floor(c / 9) - 1,
      );
      for (let n = cells.starts[cell]; n < cells.starts[cell + 1]; n++) {
        const j = cells.points[n];
        const away = Math.hypot(x - second[3 * j], y - second[3 * j + 1], z - second[3 * j + 2]);
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

/** Points by the cell of a cubic grid that they stand in; cells share a number now and then. */
function cellsOf(points: Float64Array, edge: number) {
  const count = points.length / 3;
  const mask = 2 ** Math.ceil(Math.log2(Math.max(1, count))) - 1;
  const of = (cx: number, cy: number, cz: number) =>
    (Math.imul(cx, 73856093) ^ Math.imul(cy, 19349663) ^ Math.imul(cz, 83492791)) & mask;
  const at = (i: number) => Math.floor(points[i] / edge);
  const cell = new Uint32Array(count);
  const starts = new Uint32Array(mask + 2);
  for (let j = 0; j < count; j++) {
    cell[j] = of(at(3 * j), at(3 * j + 1), at(3 * j + 2));
    starts[cell[j] + 1]++;
  }
  for (let i = 0; i <= mask; i++) starts[i + 1] += starts[i];
  const sorted = new Uint32Array(count);
  const next = starts.slice();
  for (let j = 0; j < count; j++) sorted[next[cell[j]]++] = j;
  return { of, starts, points: sorted };
}
