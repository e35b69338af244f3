import { type Matrix3, multiplyVector } from '../particles/rotation.ts';
import type { Shape3 } from '../volume/types.ts';

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
  const out = new Float32Array(nz * ny * nx);
  const half = [nx / 2, ny / 2, nz / 2];
  const sizes = [shape[2], shape[1], shape[0]];
  const strides = [1, shape[2], shape[1] * shape[2]];
  const low = [0, 0, 0];
  const high = [0, 0, 0];
  const part = [0, 0, 0];
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++) {
        const own = [x + 0.5 - half[0], y + 0.5 - half[1], z + 0.5 - half[2]] as const;
        const place = rotation ? multiplyVector(rotation, own) : own;
        let inside = true;
        for (let axis = 0; axis < 3; axis++) {
          if (Math.abs(place[axis]) > half[axis]) inside = false;
          const n = sizes[axis];
          const t = ((place[axis] + half[axis]) / (2 * half[axis])) * n - 0.5;
          const floor = Math.min(n - 1, Math.max(0, Math.floor(t)));
          low[axis] = floor * strides[axis];
          high[axis] = Math.min(n - 1, floor + 1) * strides[axis];
          part[axis] = Math.min(1, Math.max(0, t - floor));
        }
        if (!inside) {
          out[at] = Number.NaN;
          continue;
        }
        const along = (zy: number) =>
          map[zy + low[0]] * (1 - part[0]) + map[zy + high[0]] * part[0];
        const rows = (zs: number) =>
          along(zs + low[1]) * (1 - part[1]) + along(zs + high[1]) * part[1];
        out[at] = rows(low[2]) * (1 - part[2]) + rows(high[2]) * part[2];
      }
  return out;
}
