import type { Shape3 } from '../volume/types.ts';

/** Stretches of equal labels along x, row after row: what a segmentation is made of, in little memory. */
export interface RunMap {
  readonly shape: Shape3;
  /** By row `z * ny + y`: its first run; and the number of all runs at the end. */
  readonly rows: Uint32Array;
  /** By run: its first and its last voxel, and its label, never 0. */
  readonly from: Uint16Array;
  readonly to: Uint16Array;
  readonly label: Uint8Array;
}

/** Finds the runs; `labelAt` gives the label of a voxel, 0 for none. */
export function runsOf(shape: Shape3, labelAt: (voxel: number) => number): RunMap {
  const [nz, ny, nx] = shape;
  const rows = new Uint32Array(nz * ny + 1);
  let room = 1024;
  let from = new Uint16Array(room);
  let to = new Uint16Array(room);
  let label = new Uint8Array(room);
  let count = 0;
  for (let row = 0; row < nz * ny; row++) {
    rows[row] = count;
    let before = 0;
    for (let x = 0; x < nx; x++) {
      const now = labelAt(row * nx + x);
      if (now !== before && now !== 0) {
        if (count === room) {
          room *= 2;
          from = grown(from, room);
          to = grown(to, room);
          label = grown(label, room);
        }
        from[count] = x;
        label[count] = now;
        count++;
      }
      if (now !== 0) to[count - 1] = x;
      before = now;
    }
  }
  rows[nz * ny] = count;
  return {
    shape,
    rows,
    from: from.slice(0, count),
    to: to.slice(0, count),
    label: label.slice(0, count),
  };
}

function grown<A extends Uint8Array | Uint16Array>(array: A, room: number): A {
  const larger = new (array.constructor as new (length: number) => A)(room);
  larger.set(array);
  return larger;
}

/** By run: the first run that it hangs together with, across faces, edges and corners of voxels. */
export function touching(map: RunMap): Uint32Array {
  const { shape, rows } = map;
  const [nz, ny] = shape;
  const parent = new Uint32Array(rows[rows.length - 1]).map((_, run) => run);
  const find = (run: number): number => {
    let root = run;
    while (parent[root] !== root) root = parent[root];
    for (let at = run; at !== root; ) {
      const next = parent[at];
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const join = (a: number, b: number) => {
    const [x, y] = [find(a), find(b)];
    if (x !== y) parent[Math.max(x, y)] = Math.min(x, y);
  };
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = z * ny + y;
      if (y > 0) joinRows(map, row, row - 1, join);
      if (z === 0) continue;
      for (let side = Math.max(0, y - 1); side <= Math.min(ny - 1, y + 1); side++)
        joinRows(map, row, row - ny + side - y, join);
    }
  }
  return parent.map((_, run) => find(run));
}

/** Joins the runs of two rows that have one label and are at most a corner apart. */
function joinRows(
  { rows, from, to, label }: RunMap,
  row: number,
  other: number,
  join: (a: number, b: number) => void,
): void {
  let b = rows[other];
  for (let a = rows[row]; a < rows[row + 1]; a++) {
    // Runs of the other row that end before this one begins touch no later one either.
    while (b < rows[other + 1] && to[b] + 1 < from[a]) b++;
    for (let c = b; c < rows[other + 1] && from[c] <= to[a] + 1; c++)
      if (label[c] === label[a]) join(a, c);
  }
}
