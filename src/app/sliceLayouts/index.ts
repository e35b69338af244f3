import type { FloatVolume } from '../../core/volume/types.ts';
import type { SliceLayout } from '../../state/index.ts';
import { imageRow } from './image.ts';
import { mosaic } from './mosaic.ts';
import { orthogonal } from './orthogonal.ts';
import { projection } from './projection.ts';
import type { SliceLayoutRow } from './row.ts';

export type { SliceLayoutRow } from './row.ts';

/** How each layout of the View menu is drawn. */
export const SLICE_LAYOUTS: Readonly<Record<SliceLayout, SliceLayoutRow>> = {
  orthogonal,
  mosaic,
  projection,
};

/** How a volume is drawn: an image as itself, whatever the layout. */
export function layoutRow(layout: SliceLayout, volume: Pick<FloatVolume, 'shape'>): SliceLayoutRow {
  return volume.shape[0] === 1 ? imageRow(volume) : SLICE_LAYOUTS[layout];
}
