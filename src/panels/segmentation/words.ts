import { formatValue } from '../../core/color/index.ts';
import { type Component, volumeNm3 } from '../../core/segmentation/index.ts';
import type { SegmentedVolume } from '../../state/index.ts';

/** "a ribosome", "an apoferritin", "class 2". */
export const withArticle = (name: string) =>
  /^class \d/.test(name) ? name : `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;

/** nm³ where the voxel size is known, else voxels. */
export function sizeText({ grid }: Pick<SegmentedVolume, 'grid'>, voxels: number): string {
  if (!grid.voxelSizeKnown) return `${voxels.toLocaleString('en')} voxels`;
  return `${formatValue(volumeNm3(voxels, grid))} nm³`;
}

/** How components can be listed. */
export const COMPONENT_ORDERS = {
  size: { label: 'Largest first', compare: (a: Component, b: Component) => b.voxels - a.voxels },
  probability: {
    label: 'Surest first',
    compare: (a: Component, b: Component) => b.probability - a.probability,
  },
  doubt: {
    label: 'Most doubtful first',
    compare: (a: Component, b: Component) => a.probability - b.probability,
  },
} as const;

export type ComponentOrder = keyof typeof COMPONENT_ORDERS;
