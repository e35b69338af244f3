import type { SurfaceMesh } from '../surface/mesh.ts';

const TRIANGLE_BYTES = 50;

/**
 * All surfaces in one binary STL file, little-endian, in world coordinates in Å; STL knows neither
 * colours nor names.
 *
 * @param title up to 80 ASCII characters
 */
export function writeStl(surfaces: readonly SurfaceMesh[], title: string): Uint8Array<ArrayBuffer> {
  const count = surfaces.reduce((sum, { indices }) => sum + indices.length / 3, 0);
  const out = new Uint8Array(84 + count * TRIANGLE_BYTES);
  const view = new DataView(out.buffer);
  // A file that begins with "solid" would be taken for text.
  const head = `Binary STL in Å, ${title}`.replaceAll('Å', 'Angstrom').replaceAll(/[^ -~]/g, '?');
  for (let i = 0; i < Math.min(80, head.length); i++) out[i] = head.charCodeAt(i);
  view.setUint32(80, count, true);
  let at = 84;
  for (const { positions: p, indices } of surfaces) {
    for (let i = 0; i < indices.length; i += 3, at += TRIANGLE_BYTES) {
      const [a, b, c] = [3 * indices[i], 3 * indices[i + 1], 3 * indices[i + 2]];
      faceNormal(p, a, b, c).forEach((value, axis) => {
        view.setFloat32(at + 4 * axis, value, true);
      });
      for (let axis = 0; axis < 3; axis++) {
        view.setFloat32(at + 12 + 4 * axis, p[a + axis], true);
        view.setFloat32(at + 24 + 4 * axis, p[b + axis], true);
        view.setFloat32(at + 36 + 4 * axis, p[c + axis], true);
      }
    }
  }
  return out;
}

/** Unit normal of a counter-clockwise triangle; zero where it has no area. */
function faceNormal(p: Float32Array, a: number, b: number, c: number): [number, number, number] {
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
