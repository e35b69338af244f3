import { finish, rests, type Steps } from '../steps.ts';
import { ordering } from './order.ts';

/** Which points of one set stand where points of another do. */
export interface Matches {
  /** For each point of the first set, the index of its partner in the second; -1 for none. */
  readonly of: Int32Array;
  readonly found: number;
}

/**
 * Pairs points that are not further apart than `within`, the closest pairs first and each point once. Distances are
 * compared as 32-bit floats.
 *
 * @param first x, y, z, three numbers a point
 */
export const matchPoints = (first: Float64Array, second: Float64Array, within: number): Matches =>
  finish(matching(first, second, within));

const MOST_PAIRS = 1 << 21;
/** Pairs of crowded points are looked for within half the distance first, down to this part of the limit. */
const NARROWEST = 1 / 1024;
/** Pairs that are looked at without a rest. */
const PART = 1 << 16;

/**
 * As {@link matchPoints}, for very many points where something else is to be answered meanwhile.
 *
 * @param mostPairs that are sorted at a time
 */
export function* matching(
  first: Float64Array,
  second: Float64Array,
  within: number,
  mostPairs = MOST_PAIRS,
): Steps<Matches> {
  const of = new Int32Array(first.length / 3).fill(-1);
  const taken = new Int32Array(second.length / 3).fill(-1);
  let found = 0;
  let radius = within;
  /** No two points without a partner are closer to each other. */
  let done = 0;
  for (;;) {
    const open = single(of);
    const cells = yield* cellsOf(second, single(taken), radius);
    const { pairs, whole } = yield* pairsOf(first, open, second, cells, radius, mostPairs);
    // What is close is paired whatever stands further away, and then far fewer are left.
    if (!whole && radius > 2 * done && radius > NARROWEST * within) {
      radius /= 2;
      continue;
    }
    const places = new Uint32Array(pairs.count);
    for (let n = 0; n < places.length; n++) places[n] = n;
    const closestFirst = yield* ordering(places, (n) => pairs.away[n], false);
    for (let n = 0; n < closestFirst.length; n++) {
      if (rests(n)) yield;
      const i = pairs.first[closestFirst[n]];
      const j = pairs.second[closestFirst[n]];
      if (of[i] >= 0 || taken[j] >= 0) continue;
      of[i] = j;
      taken[j] = i;
      found++;
    }
    if (!whole) continue;
    if (radius >= within) return { of, found };
    done = radius;
    radius = Math.min(within, 2 * radius);
  }
}

/** Points without a partner. */
function single(partner: Int32Array): Uint32Array {
  const out = new Uint32Array(partner.length);
  let count = 0;
  for (let i = 0; i < partner.length; i++) if (partner[i] < 0) out[count++] = i;
  return out.subarray(0, count);
}

interface Pairs {
  first: Uint32Array;
  second: Uint32Array;
  away: Float32Array;
  count: number;
}

/** Pairs within a distance; not the whole of them where there are too many. */
function* pairsOf(
  first: Float64Array,
  open: Uint32Array,
  second: Float64Array,
  cells: Cells,
  within: number,
  most: number,
): Steps<{ readonly pairs: Pairs; readonly whole: boolean }> {
  const room = Math.min(most, 2 * open.length + 16);
  const pairs: Pairs = {
    ...{ first: new Uint32Array(room), second: new Uint32Array(room) },
    ...{ away: new Float32Array(room), count: 0 },
  };
  let looked = 0;
  for (const i of open) {
    const x = first[3 * i];
    const y = first[3 * i + 1];
    const z = first[3 * i + 2];
    const cx = Math.floor(x / within);
    const cy = Math.floor(y / within);
    const cz = Math.floor(z / within);
    for (let c = 0; c < 27; c++) {
      const cell = cells.of(
        cx + (c % 3) - 1,
        cy + (Math.floor(c / 3) % 3) - 1,
        cz + Math.floor(c / 9) - 1,
      );
      const end = cells.starts[cell + 1];
      for (let n = cells.starts[cell]; n < end; n++) {
        const j = cells.points[n];
        const dx = x - second[3 * j];
        const dy = y - second[3 * j + 1];
        const dz = z - second[3 * j + 2];
        const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
        if (!(away <= within)) continue;
        if (pairs.count === most) return { pairs, whole: false };
        if (pairs.count === pairs.away.length) lengthen(pairs, most);
        pairs.first[pairs.count] = i;
        pairs.second[pairs.count] = j;
        pairs.away[pairs.count++] = away;
      }
      looked += 1 + end - cells.starts[cell];
      if (looked < PART) continue;
      looked = 0;
      yield;
    }
  }
  return { pairs, whole: true };
}

function lengthen(pairs: Pairs, most: number): void {
  const longer = <T extends Uint32Array | Float32Array>(array: T): T => {
    const out = new (array.constructor as new (length: number) => T)(
      Math.min(most, 2 * array.length),
    );
    out.set(array);
    return out;
  };
  pairs.first = longer(pairs.first);
  pairs.second = longer(pairs.second);
  pairs.away = longer(pairs.away);
}

interface Cells {
  /** Of a cell's place in the grid, a number that other cells have now and then. */
  readonly of: (x: number, y: number, z: number) => number;
  /** Where the points of each number start in {@link points}. */
  readonly starts: Uint32Array;
  readonly points: Uint32Array;
}

const FEWEST_CELLS = 1024;

/** Some points by the cell of a cubic grid that they stand in. */
function* cellsOf(points: Float64Array, some: Uint32Array, edge: number): Steps<Cells> {
  const count = some.length;
  const mask = 2 ** Math.ceil(Math.log2(Math.max(FEWEST_CELLS, count))) - 1;
  const of = (x: number, y: number, z: number) =>
    (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791)) & mask;
  const at = (i: number) => Math.floor(points[i] / edge);
  const cell = new Uint32Array(count);
  const starts = new Uint32Array(mask + 2);
  for (let n = 0; n < count; n++) {
    if (rests(n)) yield;
    const j = 3 * some[n];
    cell[n] = of(at(j), at(j + 1), at(j + 2));
    starts[cell[n] + 1]++;
  }
  for (let i = 0; i <= mask; i++) starts[i + 1] += starts[i];
  const sorted = new Uint32Array(count);
  const next = starts.slice();
  for (let n = 0; n < count; n++) {
    if (rests(n)) yield;
    sorted[next[cell[n]]++] = some[n];
  }
  return { of, starts, points: sorted };
}
