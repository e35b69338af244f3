import type { Grid } from '../volume/grid.ts';
import type { Shape3, Vec3, Volume } from '../volume/types.ts';
import type { Labels } from './decide.ts';
import { mapTo } from '../typed-arrays.ts';

/** Of 255; what of a block of voxels belongs to a class is drawn as its surface from here on, so that thin sheets stay. */
export const SHARE_LEVEL = 100;

type LabelledVoxels = Pick<Labels, 'shape' | 'labels' | 'members'>;

/**
 * For each label that is there, what share of each block of voxels belongs to its class, 0 to 255: a volume whose surface
 * is that of the class. Blocks are so large that there are at most `most` of them; single voxels are smoothed with their
 * neighbours.
 *
 * @param grid of the labels
 */
export function classShares(
  found: LabelledVoxels,
  grid: Grid,
  most = 2 ** 21,
): ReadonlyMap<number, Volume<Uint8Array>> {
  const [nz, ny, nx] = found.shape;
  const factor = Math.max(1, Math.ceil(Math.cbrt((nz * ny * nx) / most)));
  const size = found.shape.map((n) => Math.ceil(n / factor));
  const shape: Shape3 = [size[0], size[1], size[2]];
  const { origin, voxelSize } = grid;
  const along = (i: 0 | 1 | 2) => origin[i] + ((factor - 1) / 2) * voxelSize[i];
  const blocks = {
    shape,
    voxelSize: [voxelSize[0] * factor, voxelSize[1] * factor, voxelSize[2] * factor] as Vec3,
    origin: [along(0), along(1), along(2)] as Vec3,
  };
  const full = 255 / factor ** 3;
  const volumes = [...counted(found, shape, factor)].map(([label, counts]) => {
    const data = mapTo(new Uint8Array(counts.length), counts, (count) => Math.round(full * count));
    return [label, { ...blocks, data: factor === 1 ? smoothed(data, shape) : data }] as const;
  });
  return new Map(volumes.sort(([a], [b]) => a - b));
}

/** Voxels of each label in each block. */
function counted(
  { shape: [nz, ny, nx], labels, members }: LabelledVoxels,
  [bz, by, bx]: Shape3,
  factor: number,
): ReadonlyMap<number, Uint16Array> {
  const counts = new Map<number, Uint16Array>();
  const add = (label: number, block: number) => {
    let own = counts.get(label);
    if (!own) counts.set(label, (own = new Uint16Array(bz * by * bx)));
    own[block]++;
  };
  for (let z = 0, voxel = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = (Math.floor(z / factor) * by + Math.floor(y / factor)) * bx;
      for (let x = 0; x < nx; x++, voxel++) {
        if (labels[voxel] === 0) continue;
        const block = row + Math.floor(x / factor);
        if (!members) add(labels[voxel], block);
        else
          for (let bits = members[voxel], label = 1; bits !== 0; bits >>>= 1, label++)
            if (bits & 1) add(label, block);
      }
    }
  }
  return counts;
}

/** Averages with the neighbours along each axis (1, 2, 1), in place. */
function smoothed(data: Uint8Array, [nz, ny, nx]: Shape3): Uint8Array {
  for (const [step, count] of [
    [1, nx],
    [nx, ny],
    [nx * ny, nz],
  ]) {
    for (let first = 0; first < data.length; first++) {
      if (Math.floor(first / step) % count !== 0) continue;
      let before = 0;
      for (let i = 0, at = first; i < count; i++, at += step) {
        const own = data[at];
        const next = i + 1 < count ? data[at + step] : 0;
        data[at] = Math.round((before + 2 * own + next) / 4);
        before = own;
      }
    }
  }
  return data;
}
