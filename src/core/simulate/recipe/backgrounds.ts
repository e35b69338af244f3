import type { Random } from '../random.ts';

/** A kind of place without a particle in its middle. */
export interface Background {
  readonly id: string;
  readonly name: string;
  /** `imaged`: a density that goes through the microscope; `finished`: voxels as they are. */
  readonly kind: 'imaged' | 'finished';
  /** Fills `out`, `[n, n, n]` at `voxelSize` Å, molecule positive; lengths inside in Å. */
  draw(random: Random, out: Float32Array, n: number, voxelSize: number): void;
}

const between = (random: Random, low: number, high: number) =>
  low + random.uniform() * (high - low);

/** Sets every voxel from its place, Å from the middle of the box. */
function fill(
  out: Float32Array,
  n: number,
  voxelSize: number,
  density: (x: number, y: number, z: number) => number,
): void {
  const c = (n - 1) / 2;
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, i++)
        out[i] = density((x - c) * voxelSize, (y - c) * voxelSize, (z - c) * voxelSize);
}

function direction(random: Random): [number, number, number] {
  const [x, y, z] = [random.normal(), random.normal(), random.normal()];
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

const gaussian = (d: number, sigma: number) => Math.exp(-((d / sigma) ** 2) / 2);

/** Two layers of head groups 40 Å apart, flat or curved, at some distance from the middle. */
function membrane(random: Random, out: Float32Array, n: number, voxelSize: number): void {
  const [nx, ny, nz] = direction(random);
  const radius = between(random, 0, 1) < 0.5 ? 1e6 : between(random, 150, 1500);
  const reach = radius + between(random, -120, 120);
  const thickness = between(random, 15, 25);
  fill(out, n, voxelSize, (x, y, z) => {
    const d = Math.hypot(x + reach * nx, y + reach * ny, z + reach * nz) - radius;
    return gaussian(d - thickness, 10) + gaussian(d + thickness, 10);
  });
}

/** Gold beads of 5 to 15 nm, one or two. */
function fiducial(random: Random, out: Float32Array, n: number, voxelSize: number): void {
  const beads = Array.from({ length: random.uniform() < 0.7 ? 1 : 2 }, () => ({
    radius: between(random, 25, 75),
    at: [between(random, -120, 120), between(random, -120, 120), between(random, -120, 120)],
  }));
  fill(out, n, voxelSize, (x, y, z) =>
    beads.reduce((sum, { radius, at: [bx, by, bz] }) => {
      const d = Math.hypot(x - bx, y - by, z - bz) - radius;
      return sum + 1 / (1 + Math.exp(d / 4));
    }, 0),
  );
}

/** A film of 100 to 200 Å that ends on one side, with a rough inside. */
function carbon(random: Random, out: Float32Array, n: number, voxelSize: number): void {
  const angle = between(random, 0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const edge = between(random, -120, 120);
  const half = between(random, 50, 100);
  const middle = between(random, -100, 100);
  const roughness = between(random, 0, 0.6);
  fill(out, n, voxelSize, (x, y, z) => {
    const inside = 1 / (1 + Math.exp((edge - x * cos - y * sin) / 8));
    const film = 1 / (1 + Math.exp((Math.abs(z - middle) - half) / 8));
    return inside * film * (1 + roughness * random.normal());
  });
}

/** A straight filament of 6 to 26 nm across, hollow where it is thick. */
function filament(random: Random, out: Float32Array, n: number, voxelSize: number): void {
  const [ux, uy, uz] = direction(random);
  const [px, py, pz] = direction(random).map((v) => v * between(random, 0, 100));
  const radius = between(random, 20, 120);
  const wall = radius < 50 ? radius : between(random, 20, 45);
  fill(out, n, voxelSize, (x, y, z) => {
    const [dx, dy, dz] = [x - px, y - py, z - pz];
    const along = dx * ux + dy * uy + dz * uz;
    const d = Math.sqrt(Math.max(0, dx * dx + dy * dy + dz * dz - along * along));
    return 1 / (1 + Math.exp((d - radius) / 5)) - 1 / (1 + Math.exp((d - radius + wall) / 5));
  });
}

/** One row each. */
export const BACKGROUNDS: readonly Background[] = [
  {
    id: 'white',
    name: 'white noise',
    kind: 'finished',
    draw: (random, out) => {
      for (let i = 0; i < out.length; i++) out[i] = random.normal();
    },
  },
  {
    id: 'ice',
    name: 'noise of the microscope',
    kind: 'imaged',
    draw: (_, out) => void out.fill(0),
  },
  { id: 'membrane', name: 'membrane', kind: 'imaged', draw: membrane },
  { id: 'fiducial', name: 'gold fiducial', kind: 'imaged', draw: fiducial },
  { id: 'carbon', name: 'edge of the carbon film', kind: 'imaged', draw: carbon },
  { id: 'filament', name: 'filament', kind: 'imaged', draw: filament },
];
