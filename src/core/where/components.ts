import type { Shape3 } from '../volume/index.ts';
import { mapTo } from '../typed-arrays.ts';

/**
 * The largest piece of a mask `[z, y, x]` whose voxels touch by a face, an edge or a corner, as 0 and 1; the one met
 * first among equally large ones; all 0 for an empty mask.
 */
export function largestComponent(mask: Uint8Array, [nz, ny, nx]: Shape3): Uint8Array<ArrayBuffer> {
  const piece = new Uint32Array(mask.length);
  const queue = new Uint32Array(mask.length);
  let pieces = 0;
  let largest = 0;
  let most = 0;
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || piece[start]) continue;
    piece[start] = ++pieces;
    queue[0] = start;
    let end = 1;
    for (let at = 0; at < end; at++) {
      const voxel = queue[at];
      const x = voxel % nx;
      const y = Math.floor(voxel / nx) % ny;
      const z = Math.floor(voxel / (nx * ny));
      for (let k = Math.max(0, z - 1); k <= Math.min(nz - 1, z + 1); k++)
        for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++)
          for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
            const next = (k * ny + j) * nx + i;
            if (!mask[next] || piece[next]) continue;
            piece[next] = pieces;
            queue[end++] = next;
          }
    }
    if (end > most) {
      most = end;
      largest = pieces;
    }
  }
  return mapTo(new Uint8Array(piece.length), piece, (own) =>
    own === largest && largest > 0 ? 1 : 0,
  );
}
