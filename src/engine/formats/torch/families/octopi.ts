import type { Sizes } from '../../../graph/operators.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { labelsByValue } from '../../settings.ts';
import type { Facts } from './family.ts';

/** MONAI's sliding window as octopi calls it. */
const MONAI = { overlap: 0.5, blending: 'average' } as const;

/** The window, a cube. */
export function octopiTile({ config }: Checkpoint): Sizes | undefined {
  const edge = config.at('model', 'dim_in').number() ?? config.at('dim_in').number();
  return edge === undefined ? undefined : [edge, edge, edge];
}

/** What octopi does: the whole tomogram standardised, channel 0 background, the others by the labels of its yaml. */
export function octopiFacts({ config }: Checkpoint, channels: number, title: string): Facts {
  const known = config.at('model', 'architecture').isThere;
  if (!known)
    return {
      title,
      normalization: 'zscore',
      tiling: MONAI,
      notes: [`${title}: its classes are not named in the file.`],
    };
  return {
    title: `octopi ${title}`,
    classes: labelsByValue(config.at('labels'), channels, 'background'),
    voxelSize: config.at('dataloader', 'voxel_size').number() ?? 10,
    normalization: 'zscore',
    contrast: 'dark',
    tiling: MONAI,
  };
}
