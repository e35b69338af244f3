import { list, Mismatch, object, type Schema, whole } from '../schema/index.ts';
import type { Shape3 } from '../volume/types.ts';

/** Which voxels of a box are marked, small enough to be kept after every stroke. */
export interface Marks {
  readonly shape: Shape3;
  /** How many voxels, `[z, y, x]`, are not marked, marked, not marked, and so on; together all of the box. */
  readonly runs: readonly number[];
}

/** @param voxels `[z, y, x]`, 1 where marked */
export function marksOf(voxels: Uint8Array, shape: Shape3): Marks {
  const runs: number[] = [];
  let from = 0;
  for (let v = 1; v <= voxels.length; v++) {
    if (v < voxels.length && voxels[v] === voxels[v - 1]) continue;
    if (from === 0 && voxels[0] === 1) runs.push(0);
    runs.push(v - from);
    from = v;
  }
  return { shape, runs };
}

export function voxelsOf({ shape: [nz, ny, nx], runs }: Marks): Uint8Array {
  const voxels = new Uint8Array(nz * ny * nx);
  let from = 0;
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) voxels.fill(1, from, from + length);
    from += length;
  }
  return voxels;
}

/** How many voxels are marked. */
export const markedCount = ({ runs }: Marks): number =>
  runs.reduce((sum, length, i) => sum + (i % 2) * length, 0);

const side = whole({ min: 1, max: 4096 });
const plain = object({
  shape: list(side, { min: 3, max: 3 }),
  runs: list(whole(), { max: 2 ** 24 }),
});

/** More than any box that a network is given. */
const MOST_VOXELS = 2 ** 27;

/** Marks as a file holds them; runs that do not fill the box are refused. */
export const marksSchema: Schema<Marks> = (value, at) => {
  const { shape, runs } = plain(value, at);
  const [nz, ny, nx] = shape;
  const voxels = nz * ny * nx;
  const sum = runs.reduce((a, b) => a + b, 0);
  if (sum === voxels && voxels <= MOST_VOXELS) return { shape: [nz, ny, nx], runs };
  const accepted = `the voxels of ${shape.join(' x ')}, at most ${MOST_VOXELS}`;
  throw new Mismatch(at.path ? `${at.path}.runs` : 'runs', `adds up to ${sum}`, accepted);
};
