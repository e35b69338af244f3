import { type Grid, short, type LengthUnit, type Vec3 } from '../volume/index.ts';
import type { Peak, SignedWhere, Where } from './where.ts';

const NAMES = ['x', 'y', 'z'] as const;

/** A component below this share of the distance does not count as a direction. */
const SIDEWAYS = 0.38;

/** A length in Å in words, e.g. "7.4 nm". */
export function lengthIn(length: number, unit: LengthUnit): string {
  const value = unit === 'nm' ? length / 10 : length;
  const number = value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
  return `${number} ${number === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** The axes along which an offset goes, the longest first, e.g. "+x, −z"; empty for none. */
export function directionOf(offset: Vec3): string {
  const distance = Math.hypot(...offset);
  if (distance === 0) return '';
  return NAMES.map((name, axis) => ({ name, part: offset[axis] / distance }))
    .filter(({ part }) => Math.abs(part) >= SIDEWAYS)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .map(({ name, part }) => `${part < 0 ? '−' : '+'}${name}`)
    .join(', ');
}

/** Whether a voxel is of the particle, in words; null without a particle. */
export function placeOf({
  covered,
}: Pick<Peak, 'covered'>): 'inside' | 'at its edge' | 'outside' | null {
  if (covered === null) return null;
  return covered >= 0.5 ? 'inside' : covered > 0 ? 'at its edge' : 'outside';
}

/** Where a peak is, e.g. "7.4 nm from the particle's centre towards +x, outside"; null without a particle. */
export function peakPhrase(peak: Peak, grid: Where['grid'], unit: LengthUnit): string | null {
  if (!peak.offset) return null;
  const distance = Math.hypot(...peak.offset);
  const place = placeOf(peak);
  // Positions nearer than half a voxel cannot be distinguished.
  if (distance <= Math.max(...grid.voxelSize) / 2) return `at the particle's centre, ${place}`;
  return `${lengthIn(distance, unit)} from the particle's centre towards ${directionOf(peak.offset)}, ${place}`;
}

/** `12%`, with a decimal below 10 percent. */
export function shareText(share: number): string {
  return `${Number((100 * share).toFixed(share < 0.0995 ? 1 : 0))}%`;
}

/** How much of one sign is inside, beside what chance would give. */
export function insidePhrase(
  { inside }: Pick<SignedWhere, 'inside'>,
  particle: NonNullable<Where['particle']>,
): string | null {
  if (inside === null) return null;
  return `${shareText(inside)} inside the particle (which takes ${shareText(particle.share)} of the box)`;
}

/** The grid of a map, e.g. "10³ voxels of 4 nm", "10³ voxels, each as wide as 4 of the volume’s". */
export const gridPhrase = (grid: Where['grid'], unit: LengthUnit): string =>
  gridParts(grid, unit).join(', ');

/** The same, of which the second part may be left out. */
export function gridParts(grid: Where['grid'], unit: LengthUnit): readonly string[] {
  const size = sizeText(grid, unit);
  if (unit === 'nm' || unit === 'Å') return [`${boxWords(grid.shape)} voxels of ${size} ${unit}`];
  const cells = `${boxWords(grid.shape)} ${unit}`;
  const whole = unit === 'pixels' ? 'picture' : 'volume';
  return size === '1' ? [cells] : [cells, `each as wide as ${size} of the ${whole}’s`];
}

/** The grid of a layer over the box of a volume, e.g. "10³ of 4 nm"; without a length where the network sees another box. */
export function layerGrid(
  /** `[…space, channels]` of the network's input and of the layer. */
  input: readonly number[],
  layer: readonly number[],
  { shape, voxelSize }: Pick<Grid, 'shape' | 'voxelSize'>,
  unit: LengthUnit,
): string | null {
  if (layer.length !== input.length) return null;
  const own = layer.slice(0, -1);
  const [nz, ny, nx] = own.length === 2 ? [1, own[0], own[1]] : own;
  const box = input.length === 3 ? [1, ...input.slice(0, -1)] : input.slice(0, -1);
  if (box.some((n, axis) => n !== shape[axis])) return boxWords([nz, ny, nx]);
  const [x, y, z] = voxelSize.map((size, axis) => (size * shape[2 - axis]) / [nx, ny, nz][axis]);
  const grid = { shape: [nz, ny, nx], voxelSize: [x, y, z] } as const;
  const width = sizeText(grid, unit);
  // Of voxels whose size is not known, and pixels, a length says nothing more.
  const same = width === '1' && unit !== 'nm' && unit !== 'Å';
  return same ? boxWords(grid.shape) : `${boxWords(grid.shape)} of ${width} ${unit}`;
}

const boxWords = ([nz, ny, nx]: Grid['shape']) =>
  nx === ny && ny === nz ? `${nx}³` : nz === 1 ? `${nx} × ${ny}` : `${nx} × ${ny} × ${nz}`;

/** How wide the voxels of a grid are, without the unit. */
function sizeText(
  { shape, voxelSize }: Pick<Grid, 'shape' | 'voxelSize'>,
  unit: LengthUnit,
): string {
  const sizes = (shape[0] === 1 ? voxelSize.slice(0, 2) : voxelSize).map((size) =>
    unit === 'nm' ? size / 10 : size,
  );
  const equal = sizes.every((size) => Math.abs(size - sizes[0]) < 1e-3 * sizes[0]);
  return (equal ? sizes.slice(0, 1) : sizes).map(short).join(' × ');
}
