/**
 * How the surface runs through one cell of eight samples.
 *
 * ```text
 *        z                    corner c: y = c & 1, z = c >> 1 & 1, x = c >> 2
 *        |                    edges 0-3  along x at (y, z): 0 + y + 2z
 *        2-------6            edges 4-7  along y at (z, x): 4 + z + 2x
 *       /|      /|            edges 8-11 along z at (y, x): 8 + y + 2x
 *      3-------7 |
 *      | 0-----|-4 -- x
 *      |/      |/
 *      1-------5
 *     y
 * ```
 *
 * Every face draws its own segments from its own four samples only, so two cells that share a face
 * always agree and the surface has no holes. An ambiguous face (inside corners on one diagonal) is
 * decided by the sign of the bilinear saddle (Nielson and Hamann, "The asymptotic decider",
 * Visualization 1991). The segments chain into loops, and no loop is cut by a diagonal that lies in a
 * face, where the neighbour might draw the same one: hence every mesh edge has exactly two triangles.
 */
export interface CellTopology {
  /** Edge ids in threes; `12 + k` stands for the middle of loop `k` of `centres`. */
  readonly triangles: Uint8Array;
  /** Loops that no set of allowed diagonals can cut; each gets a vertex in its middle. */
  readonly centres: readonly Uint8Array[];
}

/** First (lower) and second corner of each edge. */
export const EDGE_START = Uint8Array.of(0, 1, 2, 3, 0, 2, 4, 6, 0, 1, 4, 5);
export const EDGE_END = Uint8Array.of(4, 5, 6, 7, 1, 3, 5, 7, 2, 3, 6, 7);

/** Corners of the faces x0 x1 y0 y1 z0 z1, counter-clockwise seen from outside the cell. */
export const FACES: readonly (readonly [number, number, number, number])[] = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
];

/** `AMBIGUOUS[config]`: bit f is set when face f has inside corners on exactly one diagonal. */
export const AMBIGUOUS = new Uint8Array(256);
for (let config = 0; config < 256; config++) {
  FACES.forEach(([a, b, c, d], face) => {
    const bit = (corner: number) => (config >> corner) & 1;
    if (bit(a) === bit(c) && bit(b) === bit(d) && bit(a) !== bit(b)) AMBIGUOUS[config] |= 1 << face;
  });
}

const cache: (CellTopology | undefined)[] = [];

/**
 * @param config bit c set: corner c is inside
 * @param joined bit f set: the inside corners of the ambiguous face f are connected across it
 */
export function cellTopology(config: number, joined: number): CellTopology {
  const key = config | (joined << 8);
  return (cache[key] ??= build(config, joined));
}

function build(config: number, joined: number): CellTopology {
  const triangles: number[] = [];
  const centres: Uint8Array[] = [];
  for (const loop of loops(config, joined)) {
    const cut = triangulate(loop);
    if (cut) {
      triangles.push(...cut);
    } else {
      const centre = 12 + centres.length;
      loop.forEach((edge, i) => {
        triangles.push(edge, loop[(i + 1) % loop.length], centre);
      });
      centres.push(Uint8Array.from(loop));
    }
  }
  return { triangles: Uint8Array.from(triangles), centres };
}

/** The closed chains of crossed edges, each running counter-clockwise seen from outside. */
function loops(config: number, joined: number): number[][] {
  const next = new Int8Array(12).fill(-1);
  const inside = (corner: number) => ((config >> corner) & 1) === 1;
  FACES.forEach((corners, face) => {
    for (let i = 0; i < 4; i++) {
      // Walking around the face, a segment ends where the walk leaves the inside ...
      const leaves = inside(corners[i]) && !inside(corners[(i + 1) % 4]);
      if (!leaves) continue;
      // ... and starts where it enters: at the next entry if the inside is joined, else at the last.
      const step = (joined >> face) & 1 ? 1 : 3;
      let j = (i + step) % 4;
      while (inside(corners[j]) || !inside(corners[(j + 1) % 4])) j = (j + step) % 4;
      const entry = edgeBetween(corners[j], corners[(j + 1) % 4]);
      next[entry] = edgeBetween(corners[i], corners[(i + 1) % 4]);
    }
  });
  const found: number[][] = [];
  for (let start = 0; start < 12; start++) {
    const loop: number[] = [];
    for (let edge = start; next[edge] >= 0; ) {
      loop.push(edge);
      const following = next[edge];
      next[edge] = -1;
      edge = following;
    }
    if (loop.length > 0) found.push(loop);
  }
  return found;
}

function edgeBetween(a: number, b: number): number {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  for (let edge = 0; edge < 12; edge++) {
    if (EDGE_START[edge] === low && EDGE_END[edge] === high) return edge;
  }
  return -1;
}

/** Bit f set: the edge lies in face f. */
const FACES_OF = Uint8Array.from({ length: 12 }, (_, edge) =>
  FACES.reduce(
    (mask, corners, face) =>
      corners.includes(EDGE_START[edge]) && corners.includes(EDGE_END[edge])
        ? mask | (1 << face)
        : mask,
    0,
  ),
);

/** The cut with the shortest diagonals (edge midpoints) that lie in no face, or null if there is none. */
function triangulate(loop: readonly number[]): number[] | null {
  const n = loop.length;
  const cost = (i: number, j: number): number => {
    if (j === i + 1 || (i === 0 && j === n - 1)) return 0;
    const a = loop[i];
    const b = loop[j];
    return FACES_OF[a] & FACES_OF[b] ? Number.POSITIVE_INFINITY : distance2(a, b);
  };
  const best = Array.from({ length: n }, () => new Float64Array(n));
  const apex = Array.from({ length: n }, () => new Int8Array(n));
  for (let span = 2; span < n; span++) {
    for (let i = 0; i + span < n; i++) {
      const j = i + span;
      best[i][j] = Number.POSITIVE_INFINITY;
      for (let k = i + 1; k < j; k++) {
        const total = best[i][k] + best[k][j] + cost(i, j);
        if (total < best[i][j]) {
          best[i][j] = total;
          apex[i][j] = k;
        }
      }
    }
  }
  if (best[0][n - 1] === Number.POSITIVE_INFINITY) return null;
  const triangles: number[] = [];
  const emit = (i: number, j: number): void => {
    if (j - i < 2) return;
    const k = apex[i][j];
    emit(i, k);
    triangles.push(loop[i], loop[k], loop[j]);
    emit(k, j);
  };
  emit(0, n - 1);
  return triangles;
}

function distance2(a: number, b: number): number {
  const twice = (edge: number, bit: number) =>
    ((EDGE_START[edge] >> bit) & 1) + ((EDGE_END[edge] >> bit) & 1);
  return [0, 1, 2].reduce((sum, bit) => sum + (twice(a, bit) - twice(b, bit)) ** 2, 0);
}
