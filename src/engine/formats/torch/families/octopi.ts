import type { Checkpoint } from '../checkpoint.ts';
import { labelsByValue } from '../../settings.ts';
import type { Facts } from './family.ts';

/** What octopi does: the whole tomogram standardised, channel 0 background, the others by the labels of its yaml. */
export function octopiFacts({ config }: Checkpoint, channels: number, title: string): Facts {
  const known = config.at('model', 'architecture').isThere;
  if (!known)
    return {
      title,
      normalization: 'zscore',
      notes: [`${title}: its classes are not named in the file.`],
    };
  return {
    title: `octopi ${title}`,
    classes: labelsByValue(config.at('labels'), channels, 'background'),
    voxelSize: config.at('dataloader', 'voxel_size').number() ?? 10,
    normalization: 'zscore',
    contrast: 'dark',
  };
}
