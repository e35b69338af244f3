import type { Shape3, Vec3 } from './types.ts';
import { withMinus } from '../minus.ts';

/** Relative difference of voxel sizes that is ignored. */
export const SAME_VOXEL = 0.01;

/** Å per voxel outside which no microscope works; a voxel size beyond is not believed. */
const POSSIBLE_VOXEL = [0.01, 1e6] as const;

/** Whether a number can be a voxel size in Å. */
export function isVoxelSize(size: number): boolean {
  return size >= POSSIBLE_VOXEL[0] && size <= POSSIBLE_VOXEL[1];
}

/** Whether voxels are as large as expected, in Å, along every axis. */
export function sameVoxelSize(voxelSize: Vec3, expected: number): boolean {
  return voxelSize.every((size) => Math.abs(size - expected) <= SAME_VOXEL * expected);
}

/** `[nz, ny, nx]` as people write it, x first: "40³" or "40 × 40 × 20". */
export function boxText([nz, ny, nx]: Shape3): string {
  return nx === ny && ny === nz ? `${nx}³` : `${nx} × ${ny} × ${nz}`;
}

/** Å along x, y, z, at most four digits: "10 Å" or "10 × 10 × 12 Å". */
export function lengthText([x, y, z]: Vec3): string {
  return x === y && y === z ? `${short(x)} Å` : `${[x, y, z].map(short).join(' × ')} Å`;
}

/** Units that lengths are shown in; voxels, or pixels of a picture, where nothing gives their size. */
export type LengthUnit = 'nm' | 'Å' | 'voxels' | 'pixels';

/** The unit that the user chose, or voxels for a volume whose voxel size is not known. */
export function lengthUnitOf(
  { voxelSizeKnown, rowsDown }: { readonly voxelSizeKnown: boolean; readonly rowsDown?: boolean },
  chosen: Exclude<LengthUnit, 'voxels' | 'pixels'>,
): LengthUnit {
  if (voxelSizeKnown) return chosen;
  return rowsDown ? 'pixels' : 'voxels';
}

/** A position in Å without its unit: one decimal in nm, none in Å and voxels, with a true minus sign. */
export function positionText(angstrom: number, unit: LengthUnit): string {
  const text = unit === 'nm' ? (angstrom / 10).toFixed(1) : angstrom.toFixed(0);
  return withMinus(text);
}

/** A place in Å as people read it: "1.2, −0.4, 3.0 nm". */
export function placeText(place: Vec3, unit: LengthUnit): string {
  return `${place.map((at) => positionText(at, unit)).join(', ')} ${unit}`;
}

/** At most four significant digits, with a true minus sign. */
export function short(value: number): string {
  return withMinus(String(Number(value.toPrecision(4))));
}
