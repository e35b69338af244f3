import type { Matrix3 } from '../particles/rotation.ts';
import type { Shape3 } from '../volume/types.ts';

const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * A map of a layer on the grid of its input, turned into the orientation of the reference: trilinear between the centres
 * of the layer's voxels, NaN beyond the box.
 *
 * @param shape of the layer, `[z, y, x]`; @param box of the input; both fill the same cube of space
 * @param rotation of the reference into the box; null leaves it
 */
export function turnedMap(
  map: Float32Array,
  shape: Shape3,
  box: Shape3,
  rotation: Matrix3 | null,
): Float32Array {
  const [nz, ny, nx] = box;
  const [mz, my, mx] = shape;
  const out = new Float32Array(nz * ny * nx);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = rotation ?? IDENTITY;
  // Nothing is allocated below: there are as many voxels as a box has, for each of many particles.
  for (let z = 0, at = 0; z < nz; z++) {
    const c = z + 0.5 - nz / 2;
    for (let y = 0; y < ny; y++) {
      const b = y + 0.5 - ny / 2;
      for (let x = 0; x < nx; x++, at++) {
        const a = x + 0.5 - nx / 2;
        // Where in the box the voxel of the reference is, from 0 to 1.
        const u = (xx * a + xy * b + xz * c) / nx + 0.5;
        const v = (yx * a + yy * b + yz * c) / ny + 0.5;
        const w = (zx * a + zy * b + zz * c) / nz + 0.5;
        if (u < 0 || u > 1 || v < 0 || v > 1 || w < 0 || w > 1) {
          out[at] = Number.NaN;
          continue;
        }
        // Between the centres of the layer's voxels; beyond the outermost, their values.
        const px = Math.min(mx - 1, Math.max(0, u * mx - 0.5));
        const py = Math.min(my - 1, Math.max(0, v * my - 0.5));
        const pz = Math.min(mz - 1, Math.max(0, w * mz - 0.5));
        const x0 = Math.floor(px);
        const y0 = Math.floor(py);
        const z0 = Math.floor(pz);
        const fx = px - x0;
        const fy = py - y0;
        const fz = pz - z0;
        const right = x0 < mx - 1 ? 1 : 0;
        const up = y0 < my - 1 ? mx : 0;
        const back = z0 < mz - 1 ? my * mx : 0;
        const i = (z0 * my + y0) * mx + x0;
        const j = i + up;
        const k = i + back;
        const l = k + up;
        const near =
          (map[i] * (1 - fx) + map[i + right] * fx) * (1 - fy) +
          (map[j] * (1 - fx) + map[j + right] * fx) * fy;
        const far =
          (map[k] * (1 - fx) + map[k + right] * fx) * (1 - fy) +
          (map[l] * (1 - fx) + map[l + right] * fx) * fy;
        out[at] = near * (1 - fz) + far * fz;
      }
    }
  }
  return out;
}
