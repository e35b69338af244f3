import { type LengthUnit, positionText } from '../core/volume/notation.ts';
import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { type Axis, ORIENTATION, voxelAt, worldOf } from './planes.ts';

/** Where a slice lies, e.g. `z 12.5 nm` and `21/40` (slices are counted from 1, as in 3dmod). */
export function captionOf(
  volume: FloatVolume,
  axis: Axis,
  crosshair: Vec3,
  unit: LengthUnit,
): { position: string; count: string; index: number } {
  const { through } = ORIENTATION[axis];
  const voxel = voxelAt(volume, crosshair);
  const index = voxel[through];
  return {
    // A picture is all there is of it.
    position: volume.rowsDown
      ? 'Picture'
      : `${axis} ${positionText(worldOf(volume, voxel)[through], unit)} ${unit}`,
    count: volume.rowsDown
      ? `${volume.shape[2]} × ${volume.shape[1]}`
      : `${index + 1}/${volume.shape[2 - through]}`,
    index,
  };
}
