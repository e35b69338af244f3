/** Iso-lines of one level: polylines one after the other in flat arrays. */
export interface IsoLines {
  readonly level: number;
  /** `[points][x, y]` in voxels; the centre of sample `(x, y)` lies at `(x, y)`. */
  readonly points: Float32Array;
  /** `[lines + 1]`: line `i` owns the points `starts[i]` up to `starts[i + 1]`. */
  readonly starts: Uint32Array;
  /** `[lines]`: 1 for a ring (its first point is not repeated), 0 for a line that ends at the border. */
  readonly closed: Uint8Array;
}

// Cell of four samples, its edges named by the crossing they may carry:
//
//   3 ---- top ----- 2        y
//   |                |        ^
//  left            right      |
//   |                |        +--> x
//   0 --- bottom --- 1
const BOTTOM = 0;
const RIGHT = 1;
const TOP = 2;
const LEFT = 3;

// Segments [from, to, from, to] by corner mask (bit i: corner i is enclosed). Walking along a segment
// keeps the enclosed side on the left. Masks 5 and 10 are saddles: the entry here joins the two
// enclosed corners through the cell, the other way round is in `APART`.
const SEGMENTS: readonly (readonly number[])[] = [
  [],
  [BOTTOM, LEFT],
  [RIGHT, BOTTOM],
  [RIGHT, LEFT],
  [TOP, RIGHT],
  [BOTTOM, RIGHT, TOP, LEFT],
  [TOP, BOTTOM],
  [TOP, LEFT],
  [LEFT, TOP],
  [BOTTOM, TOP],
  [RIGHT, TOP, LEFT, BOTTOM],
  [RIGHT, TOP],
  [LEFT, RIGHT],
  [BOTTOM, RIGHT],
  [LEFT, BOTTOM],
  [],
];
const APART: Readonly<Record<number, readonly number[]>> = {
  5: [BOTTOM, LEFT, TOP, RIGHT],
  10: [RIGHT, BOTTOM, LEFT, TOP],
};

const NONE = -1;

/** Working memory, grown to the largest slice seen and clean between calls. */
const scratch = {
  /** `[samples]`: how many levels lie below the sample. */
  band: new Uint8Array(0),
  /** Cells that some level passes through. */
  cells: new Uint32Array(0),
  /** `[2 * samples]`: crossing that follows a crossing. Id 2 * sample: edge towards +x; + 1: +y. */
  next: new Int32Array(0),
  /** `[2 * samples]`: 1 where a crossing follows another. */
  entered: new Uint8Array(0),
};

function reserve(samples: number): void {
  if (scratch.band.length >= samples) return;
  scratch.band = new Uint8Array(samples);
  scratch.cells = new Uint32Array(samples);
  scratch.next = new Int32Array(2 * samples).fill(NONE);
  scratch.entered = new Uint8Array(2 * samples);
}

/**
 * Iso-lines of `data` (`[height][width]`) at each of `levels` (ascending, at most 255) by marching
 * squares: linear interpolation on the edges, saddles resolved with the bilinear value at the saddle
 * point (asymptotic decider, Nielson & Hamann 1991), pieces joined into lines with the enclosed side
 * on their left (y up).
 *
 * Encloses what the surface of the same level does (`isosurface.ts`): samples above a level >= 0, and
 * samples below a negative one; a sample exactly at the level is outside. Unlike the surface, lines
 * stay open at the border and at cells with a sample that is not a number.
 */
export function isoLines(
  data: Float32Array,
  width: number,
  height: number,
  levels: readonly number[],
): IsoLines[] {
  reserve(width * height);
  const count = findCells(data, width, height, levels);
  return levels.map((level) => {
    const starts = connect(data, width, level, count);
    return trace(data, width, level, starts);
  });
}

/** Lists the cells whose samples do not all lie between the same two levels; returns how many. */
function findCells(
  data: Float32Array,
  width: number,
  height: number,
  levels: readonly number[],
): number {
  const { band, cells } = scratch;
  // Most samples of a heatmap lie between the innermost levels of either sign.
  const negative = levels.filter((level) => level < 0).length;
  const inner = { low: levels[negative - 1] ?? -Infinity, high: levels[negative] ?? Infinity };
  for (let i = 0; i < width * height; i++) {
    const v = data[i];
    let below = negative;
    if (v < inner.low) while (below > 0 && v < levels[below - 1]) below--;
    else if (v > inner.high) while (below < levels.length && v > levels[below]) below++;
    band[i] = below;
  }
  let count = 0;
  for (let y = 0; y + 1 < height; y++) {
    for (let at = y * width; at < (y + 1) * width - 1; at++) {
      const b = band[at];
      if (b !== band[at + 1] || b !== band[at + width] || b !== band[at + width + 1]) {
        cells[count++] = at;
      }
    }
  }
  return count;
}

/** Links the crossings of one level in `scratch.next`; returns where its segments start. */
function connect(data: Float32Array, width: number, level: number, count: number): number[] {
  const { cells, next, entered } = scratch;
  const starts: number[] = [];
  const sign = level < 0 ? -1 : 1;
  const threshold = sign * level;
  for (let i = 0; i < count; i++) {
    const at = cells[i];
    const v0 = sign * data[at];
    const v1 = sign * data[at + 1];
    const v2 = sign * data[at + width + 1];
    const v3 = sign * data[at + width];
    const mask =
      (v0 > threshold ? 1 : 0) |
      (v1 > threshold ? 2 : 0) |
      (v2 > threshold ? 4 : 0) |
      (v3 > threshold ? 8 : 0);
    if (mask === 0 || mask === 15 || Number.isNaN(v0 + v1 + v2 + v3)) continue;
    let segments = SEGMENTS[mask];
    if ((mask === 5 || mask === 10) && !joined(v0, v1, v2, v3, threshold)) segments = APART[mask];
    for (let s = 0; s < segments.length; s += 2) {
      const from = crossing(segments[s], at, width);
      const to = crossing(segments[s + 1], at, width);
      next[from] = to;
      entered[to] = 1;
      starts.push(from);
    }
  }
  return starts;
}

/** Whether the enclosed corners of a saddle cell are connected: its bilinear saddle is enclosed too. */
function joined(v0: number, v1: number, v2: number, v3: number, threshold: number): boolean {
  const curvature = v0 + v2 - v1 - v3;
  return (v0 * v2 - v1 * v3) / curvature > threshold;
}

function crossing(edge: number, at: number, width: number): number {
  if (edge === BOTTOM) return 2 * at;
  if (edge === TOP) return 2 * (at + width);
  return edge === LEFT ? 2 * at + 1 : 2 * (at + 1) + 1;
}

/** Follows `next`: first the lines that begin at the border, then the rings that are left. */
function trace(
  data: Float32Array,
  width: number,
  level: number,
  starts: readonly number[],
): IsoLines {
  const { next, entered } = scratch;
  const points = new Float32Array(2 * 2 * starts.length + 2);
  const bounds = [0];
  const closed: number[] = [];
  let length = 0;

  const place = (id: number, first: number) => {
    const at = id >> 1;
    const up = (id & 1) === 1;
    const a = data[at];
    const b = data[up ? at + width : at + 1];
    const t = Math.min(1, Math.max(0, (level - a) / (b - a)));
    const x = (at % width) + (up ? 0 : t);
    const y = Math.floor(at / width) + (up ? t : 0);
    // A corner exactly at the level is met by several edges: keep one point.
    if (length > first && points[2 * length - 2] === Math.fround(x)) {
      if (points[2 * length - 1] === Math.fround(y)) return;
    }
    points[2 * length] = x;
    points[2 * length + 1] = y;
    length++;
  };

  const follow = (start: number, ring: boolean) => {
    const first = length;
    let id = start;
    do {
      place(id, first);
      const following = next[id];
      next[id] = NONE;
      entered[id] = 0;
      id = following;
    } while (id !== NONE && id !== start);
    const last = 2 * (length - 1);
    if (
      ring &&
      length - first > 1 &&
      points[2 * first] === points[last] &&
      points[2 * first + 1] === points[last + 1]
    ) {
      length--;
    }
    // What shrank to a point or to a line walked there and back encloses nothing.
    if (length - first < (ring ? 3 : 2)) {
      length = first;
      return;
    }
    bounds.push(length);
    closed.push(ring ? 1 : 0);
  };

  for (const id of starts) if (next[id] !== NONE && entered[id] === 0) follow(id, false);
  for (const id of starts) if (next[id] !== NONE) follow(id, true);

  return {
    level,
    points: points.slice(0, 2 * length),
    starts: Uint32Array.from(bounds),
    closed: Uint8Array.from(closed),
  };
}

/** The points in Å: `origin + index * voxelSize` of the slice's two axes. */
export function pointsInAngstrom(
  { points }: IsoLines,
  voxelSize: readonly [number, number],
  origin: readonly [number, number],
): Float32Array {
  return points.map((value, i) => origin[i & 1] + value * voxelSize[i & 1]);
}
