import type { SliceLayout } from '../../state/index.ts';
import { mosaic } from './mosaic.ts';
import { orthogonal } from './orthogonal.ts';
import type { SliceLayoutRow } from './row.ts';

/** How each layout of the View menu is drawn. */
export const SLICE_LAYOUTS: Readonly<Record<SliceLayout, SliceLayoutRow>> = { orthogonal, mosaic };
