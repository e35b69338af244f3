import type { NetworkBox } from './boxes.ts';
import { type GridColumn, gridColumns } from './grids.ts';
import type { NetworkNode } from './types.ts';

/** Of a box and the room around it, in px at full size. */
export const BOX = { width: 196, height: 56 } as const;
const GAP = { x: 22, y: 24 } as const;
const TRACK = 9;
const MOST_TRACKS = 8;
const MARGIN = 20;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface NetworkEdge {
  /** Indices of boxes. */
  readonly from: number;
  readonly to: number;
  /** From the bottom of a box to the top of another; between two points it leaves and arrives upright. */
  readonly points: readonly Point[];
}

export interface PlacedColumn extends GridColumn {
  readonly x: number;
  readonly width: number;
}

export interface NetworkLayout {
  readonly width: number;
  readonly height: number;
  /** Upper left corner of each box. */
  readonly places: readonly Point[];
  /** Row of each box, from the top. */
  readonly rows: readonly number[];
  readonly columns: readonly PlacedColumn[];
  readonly edges: readonly NetworkEdge[];
}

/** Where the long part of an edge runs: below its start, above its end, or on a track at the left of a column. */
type Way =
  | { readonly along: 'none' | 'from' | 'to' }
  | { readonly along: 'track'; readonly column: number; readonly track: number };

/**
 * Draws a network from top to bottom: a box stands one row below the lowest that it reads (longest path), in the column of
 * its grid, beside others of its row. Edges over several rows keep clear of the boxes between.
 */
export function layoutOf(
  nodes: readonly NetworkNode[],
  boxes: readonly NetworkBox[],
): NetworkLayout {
  const { columns, columnOf } = gridColumns(nodes, boxes);
  const rows: number[] = [];
  for (const { inputs } of boxes)
    rows.push(inputs.reduce((row, input) => Math.max(row, rows[input] + 1), 0));
  const { laneOf, taken } = lanesOf(boxes, rows, columnOf);
  const ends = boxes.flatMap(({ inputs }, to) => inputs.map((from) => ({ from, to })));
  const ways = waysOf(ends, { rows, columnOf, laneOf, taken });

  const lanes = columns.map(() => 1);
  for (const [at, column] of columnOf.entries())
    lanes[column] = Math.max(lanes[column], laneOf[at] + 1);
  const tracks = columns.map(() => 0);
  for (const way of ways)
    if (way.along === 'track')
      tracks[way.column] = Math.max(tracks[way.column], Math.min(way.track + 1, MOST_TRACKS));
  const placed: PlacedColumn[] = [];
  let x = 0;
  for (const [at, column] of columns.entries()) {
    const width = tracks[at] * TRACK + lanes[at] * (BOX.width + GAP.x) + GAP.x;
    placed.push({ ...column, x, width });
    x += width;
  }
  const places = boxes.map((_, at): Point => {
    const column = columnOf[at];
    const left = placed[column].x + tracks[column] * TRACK + GAP.x;
    return {
      x: left + laneOf[at] * (BOX.width + GAP.x),
      y: MARGIN + rows[at] * (BOX.height + GAP.y),
    };
  });
  const trackX = (column: number, track: number) =>
    placed[column].x + GAP.x / 2 + TRACK * (tracks[column] - (track % MOST_TRACKS) - 0.5);
  const edges = ends.map(({ from, to }, at): NetworkEdge => {
    const start = { x: places[from].x + BOX.width / 2, y: places[from].y + BOX.height };
    const end = { x: places[to].x + BOX.width / 2, y: places[to].y };
    const way = ways[at];
    if (way.along === 'none') return { from, to, points: [start, end] };
    const run = { from: start.x, to: end.x, track: 0 };
    if (way.along === 'track') run.track = trackX(way.column, way.track);
    const down = run[way.along];
    const points = [start, { x: down, y: start.y + GAP.y }, { x: down, y: end.y - GAP.y }, end];
    return { from, to, points };
  });
  const height = 2 * MARGIN + (Math.max(...rows) + 1) * (BOX.height + GAP.y) - GAP.y;
  return { width: x, height, places, rows, columns: placed, edges };
}

/** Rows and lanes at most: a network has 20 000 nodes. */
const MOST = 2 ** 15;
const cell = (column: number, lane: number, row: number) => (column * MOST + lane) * MOST + row;

/** Boxes of one row and column stand side by side, the one on the longest way to the end first, below what it reads. */
function lanesOf(
  boxes: readonly NetworkBox[],
  rows: readonly number[],
  columnOf: readonly number[],
) {
  const toEnd = boxes.map(() => 0);
  for (let at = boxes.length - 1; at >= 0; at--)
    for (const input of boxes[at].inputs) toEnd[input] = Math.max(toEnd[input], toEnd[at] + 1);
  const laneOf = boxes.map(() => 0);
  const taken = new Set<number>();
  const order = boxes.map((_, at) => at);
  order.sort((a, b) => rows[a] - rows[b] || toEnd[b] - toEnd[a] || a - b);
  for (const at of order) {
    const column = columnOf[at];
    const above = boxes[at].inputs.filter((input) => columnOf[input] === column);
    let lane = above.length > 0 ? Math.min(...above.map((input) => laneOf[input])) : 0;
    while (taken.has(cell(column, lane, rows[at]))) lane++;
    laneOf[at] = lane;
    taken.add(cell(column, lane, rows[at]));
  }
  return { laneOf, taken };
}

interface Placing {
  readonly rows: readonly number[];
  readonly columnOf: readonly number[];
  readonly laneOf: readonly number[];
  readonly taken: ReadonlySet<number>;
}

/** Short edges first, so that they are nearest to the boxes. */
function waysOf(
  ends: readonly { readonly from: number; readonly to: number }[],
  { rows, columnOf, laneOf, taken }: Placing,
): Way[] {
  const ways: Way[] = ends.map(() => ({ along: 'none' }));
  /** By cell: the box whose value runs down the middle of a lane, or down a track. */
  const inLanes = new Map<number, number>();
  const onTracks = new Map<number, number>();
  const length = ({ from, to }: { from: number; to: number }) => rows[to] - rows[from];
  const order = ends.map((_, at) => at).sort((a, b) => length(ends[a]) - length(ends[b]));
  for (const at of order) {
    const { from, to } = ends[at];
    const [first, last] = [rows[from] + 1, rows[to]];
    if (first >= last) continue;
    const free = (runs: Map<number, number>, start: number): boolean => {
      for (let row = first; row < last; row++)
        if ((runs.get(start + row) ?? from) !== from) return false;
      return true;
    };
    const take = (runs: Map<number, number>, start: number) => {
      for (let row = first; row < last; row++) runs.set(start + row, from);
    };
    const lane = (box: number) => cell(columnOf[box], laneOf[box], 0);
    const clear = (box: number): boolean => {
      for (let row = first; row < last; row++) if (taken.has(lane(box) + row)) return false;
      return free(inLanes, lane(box));
    };
    const along = clear(from) ? 'from' : clear(to) ? 'to' : null;
    if (along) {
      take(inLanes, lane({ from, to }[along]));
      ways[at] = { along };
      continue;
    }
    const column = Math.min(columnOf[from], columnOf[to]);
    let track = 0;
    while (!free(onTracks, cell(column, track, 0))) track++;
    take(onTracks, cell(column, track, 0));
    ways[at] = { along: 'track', column, track };
  }
  return ways;
}
