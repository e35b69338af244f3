import type { Shape3 } from '../volume/types.ts';

/** A tile as its network sees it besides: mirrored along axes of the network's, then with two of them exchanged. */
export interface TileCopy {
  readonly mirror: readonly number[];
  /** Two axes, or none. */
  readonly exchange: readonly number[];
}

/**
 * Every way to mirror a tile along some of the axes, the identity first; each with the two axes exchanged as well, which
 * makes turns by a quarter of it. A tile whose edges along these differ is not turned: it would not fit.
 */
export function tileCopies(
  { mirror, exchange }: TileCopy,
  tile: Shape3,
  out: Shape3,
): readonly TileCopy[] {
  const ways: (readonly number[])[] = [[]];
  for (const axis of mirror) if (tile[axis] > 1) ways.push(...ways.map((one) => [...one, axis]));
  const [a, b] = exchange;
  const turns = exchange.length === 2 && tile[a] === tile[b] && out[a] === out[b];
  return [[], ...(turns ? [exchange] : [])].flatMap((one) =>
    ways.map((way) => ({ mirror: way, exchange: one })),
  );
}

/** A copy of `[z, y, x, channel]` flattened; the same array for the identity. */
export function copied(values: Float32Array, shape: Shape3, copy: TileCopy): Float32Array {
  return moved(values, shape, copy, (to, from) => [to, from]);
}

/** What {@link copied} made, as it was. */
export function restored(values: Float32Array, shape: Shape3, copy: TileCopy): Float32Array {
  return moved(values, shape, copy, (to, from) => [from, to]);
}

function moved(
  values: Float32Array,
  [nz, ny, nx]: Shape3,
  { mirror, exchange }: TileCopy,
  way: (copy: number, tile: number) => readonly [to: number, from: number],
): Float32Array {
  if (mirror.length === 0 && exchange.length === 0) return values;
  const sizes = [nz, ny, nx];
  const steps = [ny * nx, nx, 1];
  const [a, b] = exchange;
  // Of each axis of the copy: where its voxels begin in the tile, and how far the next one is.
  const [alongZ, alongY, alongX] = [0, 1, 2].map((axis) => {
    const own = axis === a ? b : axis === b ? a : axis;
    const turned = mirror.includes(own);
    return {
      first: turned ? (sizes[own] - 1) * steps[own] : 0,
      step: turned ? -steps[own] : steps[own],
    };
  });
  const channels = values.length / (nz * ny * nx);
  const out = new Float32Array(values.length);
  let voxel = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, voxel++) {
        const place =
          alongZ.first +
          z * alongZ.step +
          alongY.first +
          y * alongY.step +
          alongX.first +
          x * alongX.step;
        const [to, from] = way(voxel, place);
        for (let c = 0; c < channels; c++) out[to * channels + c] = values[from * channels + c];
      }
    }
  }
  return out;
}
