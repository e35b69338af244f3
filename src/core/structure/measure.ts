import type { FloatVolume, Vec3 } from '../volume/types.ts';
import { atomicWeight } from './elements.ts';
import type { Atoms } from './types.ts';

/** Total weight, its centre (Å) and the radius of gyration about that centre (Å). */
export interface Extent {
  /** Sum of atomic numbers, or of density times voxel volume: electrons in both cases. */
  readonly electrons: number;
  readonly centre: Vec3;
  readonly radiusOfGyration: number;
  /** Largest distance from the centre, Å; for a density, of voxels above 2% of the maximum. */
  readonly radius: number;
}

/** Mass of the atoms in kDa by standard atomic weights; hydrogens are not among them. */
export function massOf(atoms: Atoms): number {
  let total = 0;
  for (const element of atoms.elements) total += atomicWeight(element);
  return total / 1000;
}

/** Weighted by atomic number. */
export function measureAtoms(atoms: Atoms): Extent {
  let total = 0;
  const first = [0, 0, 0];
  let second = 0;
  // Sums about the first atom, so that coordinates far from zero cost no digits.
  const [ox, oy, oz] = atoms.positions as unknown as [number, number, number];
  for (let i = 0; i < atoms.count; i++) {
    const w = atoms.elements[i];
    const x = atoms.positions[3 * i] - ox;
    const y = atoms.positions[3 * i + 1] - oy;
    const z = atoms.positions[3 * i + 2] - oz;
    total += w;
    first[0] += w * x;
    first[1] += w * y;
    first[2] += w * z;
    second += w * (x * x + y * y + z * z);
  }
  const [mx, my, mz] = first.map((sum) => sum / total) as [number, number, number];
  let radius = 0;
  for (let i = 0; i < atoms.count; i++) {
    const dx = atoms.positions[3 * i] - ox - mx;
    const dy = atoms.positions[3 * i + 1] - oy - my;
    const dz = atoms.positions[3 * i + 2] - oz - mz;
    radius = Math.max(radius, Math.hypot(dx, dy, dz));
  }
  return {
    electrons: total,
    centre: [ox + mx, oy + my, oz + mz],
    radiusOfGyration: Math.sqrt(Math.max(0, second / total - (mx * mx + my * my + mz * mz))),
    radius,
  };
}

/** Weighted by density; values below `threshold` (solvent) count as 0. */
export function measureDensity(volume: FloatVolume, threshold = 0): Extent {
  const { data, shape, voxelSize, origin } = volume;
  const [nz, ny, nx] = shape;
  const [hx, hy, hz] = voxelSize;
  let total = 0;
  let sx = 0;
  let sy = 0;
  let sz = 0;
  let second = 0;
  let max = 0;
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const w = data[i];
        if (w < threshold) continue;
        if (w > max) max = w;
        total += w;
        sx += w * x * hx;
        sy += w * y * hy;
        sz += w * z * hz;
        second += w * ((x * hx) ** 2 + (y * hy) ** 2 + (z * hz) ** 2);
      }
  const mx = sx / total;
  const my = sy / total;
  const mz = sz / total;
  let radius = 0;
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        if (data[i] < 0.02 * max || data[i] < threshold) continue;
        radius = Math.max(radius, Math.hypot(x * hx - mx, y * hy - my, z * hz - mz));
      }
  return {
    electrons: total * hx * hy * hz,
    centre: [origin[0] + mx, origin[1] + my, origin[2] + mz],
    radiusOfGyration: Math.sqrt(Math.max(0, second / total - (mx * mx + my * my + mz * mz))),
    radius,
  };
}
