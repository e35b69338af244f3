import type { Grid, Vec3 } from '../volume/index.ts';
import { channelMeans, type Seen } from './curves.ts';

/** Voxels whose centre is within a ball, 1 each. @param centre and radius in Å, world */
export function ballOf(
  { shape: [nz, ny, nx], voxelSize, origin }: Grid,
  centre: Vec3,
  radius: number,
): Uint8Array {
  const inside = new Uint8Array(nz * ny * nx);
  const square = (index: number, axis: 0 | 1 | 2) =>
    (origin[axis] + index * voxelSize[axis] - centre[axis]) ** 2;
  for (let z = 0, v = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const across = square(z, 2) + square(y, 1);
      for (let x = 0; x < nx; x++, v++) inside[v] = Number(across + square(x, 0) <= radius ** 2);
    }
  return inside;
}

/** The input with the marked voxels hidden (their channels' means instead), or with these alone. */
export function hiding({ input, channels }: Seen, marked: Uint8Array, only: boolean): Float32Array {
  const means = channelMeans({ input, channels });
  return input.map((value, i) =>
    (marked[Math.floor(i / channels)] === 1) === only ? value : means[i % channels],
  );
}
