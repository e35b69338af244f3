import type { LengthUnit } from '../core/volume/index.ts';

export interface ScaleBarSpec {
  /** CSS pixels. */
  readonly width: number;
  readonly label: string;
}

/**
 * The longest bar of a round length (1, 2 or 5 times a power of ten) that fits in `maxWidth` pixels.
 * @param pixelsPerA pixels per Å, which stands for a voxel where their size is not known
 */
export function scaleBar(pixelsPerA: number, maxWidth: number, unit: LengthUnit): ScaleBarSpec {
  const pixelsPerUnit = unit === 'nm' ? pixelsPerA * 10 : pixelsPerA;
  const longest = maxWidth / pixelsPerUnit;
  const power = 10 ** Math.floor(Math.log10(longest));
  const length = [5, 2, 1].map((digit) => digit * power).find((round) => round <= longest) ?? power;
  return { width: length * pixelsPerUnit, label: `${Number(length.toPrecision(1))} ${unit}` };
}
