import type { Sizes } from '../../../graph/operators.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { labelsByValue } from '../../settings.ts';
import type { Facts } from './family.ts';
import { assumed } from './monai.ts';

/** MONAI's sliding window as octopi calls it. */
const MONAI = { overlap: 0.5, blending: 'average' } as const;

/** The window, a cube. */
export function octopiTile({ config }: Checkpoint): Sizes | undefined {
  const edge = config.at('model', 'dim_in').number() ?? config.at('dim_in').number();
  return edge === undefined ? undefined : [edge, edge, edge];
}

/** What no weight shows of a network; the arguments that do. */
interface Unsaid {
  readonly what: string;
  readonly names: string;
}

/** What octopi does: the whole tomogram standardised, channel 0 background, the others by the labels of its yaml. */
export function octopiFacts(
  checkpoint: Checkpoint,
  channels: number,
  title: string,
  unsaid?: Unsaid,
): Facts {
  const { config } = checkpoint;
  const known = config.at('model', 'architecture').isThere;
  if (!known)
    return {
      title,
      normalization: 'zscore',
      tiling: MONAI,
      notes: [
        ...(unsaid ? assumed(checkpoint, unsaid.what, unsaid.names) : []),
        `${title}: its classes are not named in the file.`,
      ],
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
