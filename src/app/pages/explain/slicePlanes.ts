import { fillSlice } from '../../../core/color/index.ts';
import { VIEW_KINDS } from '../../../core/session/index.ts';
import type { Vec3 } from '../../../core/volume/types.ts';
import type { PlaneImage } from '../../../scene/index.ts';
import type { SliceContent } from '../../../slices/painter.ts';
import { AXES, ORIENTATION, planeOf, sliceOf, voxelAt, worldOf } from '../../../slices/planes.ts';
import { type ColorChoices, sliceContent } from '../../../slices/sliceContent.ts';
import type { Column } from '../../../state/index.ts';

const NONE: readonly PlaneImage[] = [];

/** The three slices through the crosshair as they stand in the box of a column that shows them there. */
export function slicePlanes(
  column: Column,
  crosshair: Vec3,
  choices: ColorChoices,
): readonly PlaneImage[] {
  const { panel, volume, shown } = column;
  if (!panel || !volume || !shown || VIEW_KINDS[panel.kind].surface !== 'slices') return NONE;
  return planesOf(sliceContent(volume, column, choices), crosshair);
}

/** The pictures of the slices through the crosshair. */
export function planesOf(
  { density, heat, colors }: Pick<SliceContent, 'density' | 'heat' | 'colors'>,
  crosshair: Vec3,
): readonly PlaneImage[] {
  const voxel = voxelAt(density, crosshair);
  const world = worldOf(density, voxel);
  return AXES.map((axis) => {
    const { across, up, through } = ORIENTATION[axis];
    const { width, height } = planeOf(density, axis);
    const rgba = new Uint8ClampedArray(width * height * 4);
    const hot = heat && sliceOf(heat, axis, voxel[through]);
    fillSlice(rgba, width, height, sliceOf(density, axis, voxel[through]), hot, colors);
    return { across, up, through, at: world[through], width, height, rgba };
  });
}
