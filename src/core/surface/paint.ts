import type { Rgb, SymmetricScale } from '../color/index.ts';
import { HALF } from '../color/palette.ts';
import type { FloatVolume } from '../volume/types.ts';

/** A heatmap that a surface is painted with. Compared by identity: keep it while nothing changes. */
export interface SurfacePaint {
  readonly heat: FloatVolume;
  readonly scale: SymmetricScale;
  /** Which sign of the heatmap is drawn. */
  readonly sign: 'both' | 'positive' | 'negative';
}

/**
 * Colours vertices by the heatmap at their places, trilinear between voxel centres and clamped at the edges: `base`
 * where the map is zero, as on the slices the more of the map's colour the larger its magnitude.
 *
 * @param positions Å, world, `[vertices * 3]`
 * @param out `[vertices * 4]`, of which those from vertex `from` and before `to` are written
 * @param alpha 0..255, of every vertex
 */
export function paintVertices(
  positions: Float32Array,
  from: number,
  to: number,
  { heat, scale, sign }: SurfacePaint,
  base: Rgb,
  alpha: number,
  out: Uint8Array,
): void {
  const { data, shape, voxelSize, origin } = heat;
  const [nz, ny, nx] = shape;
  const { overlay } = scale.palette;
  const toEntry = scale.limit > 0 ? HALF / scale.limit : 0;
  const low = sign === 'positive' ? 0 : -HALF;
  const high = sign === 'negative' ? 0 : HALF;
  for (let vertex = from; vertex < to; vertex++) {
    const x = within((positions[vertex * 3] - origin[0]) / voxelSize[0], nx - 1);
    const y = within((positions[vertex * 3 + 1] - origin[1]) / voxelSize[1], ny - 1);
    const z = within((positions[vertex * 3 + 2] - origin[2]) / voxelSize[2], nz - 1);
    const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
    const right = x0 < nx - 1 ? 1 : 0;
    const up = y0 < ny - 1 ? nx : 0;
    const over = z0 < nz - 1 ? ny * nx : 0;
    const at = (z0 * ny + y0) * nx + x0;
    const near = plane(data, at, right, up, x - x0, y - y0);
    const far = plane(data, at + over, right, up, x - x0, y - y0);
    const value = near + (z - z0) * (far - near);
    // A step that is not a number (NaN) becomes 0, the centre of the table.
    const step = Math.round(value * toEntry) || 0;
    const entry = (Math.min(high, Math.max(low, step)) + HALF) * 4;
    const share = overlay[entry + 3] / 255;
    for (let k = 0; k < 3; k++) {
      out[vertex * 4 + k] = base[k] + share * (overlay[entry + k] - base[k]);
    }
    out[vertex * 4 + 3] = alpha;
  }
}

function within(position: number, last: number): number {
  return Math.min(last, Math.max(0, position));
}

/** Bilinear between four samples of a z-slice. */
function plane(
  data: Float32Array,
  at: number,
  right: number,
  up: number,
  x: number,
  y: number,
): number {
  const low = data[at] + x * (data[at + right] - data[at]);
  const high = data[at + up] + x * (data[at + up + right] - data[at + up]);
  return low + y * (high - low);
}
