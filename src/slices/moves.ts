import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { type Axis, ORIENTATION, voxelAt, worldOf } from './planes.ts';

/** A step of the crosshair in voxels, as seen in one slice. */
export interface Move {
  readonly across: number;
  readonly up: number;
  readonly through: number;
}

const NOWHERE: Move = { across: 0, up: 0, through: 0 };
const STRIDE = 5;

const KEYS: Readonly<Record<string, Move>> = {
  ArrowLeft: { ...NOWHERE, across: -1 },
  ArrowRight: { ...NOWHERE, across: 1 },
  ArrowDown: { ...NOWHERE, up: -1 },
  ArrowUp: { ...NOWHERE, up: 1 },
  PageDown: { ...NOWHERE, through: -1 },
  PageUp: { ...NOWHERE, through: 1 },
  Home: { ...NOWHERE, through: Number.NEGATIVE_INFINITY },
  End: { ...NOWHERE, through: Number.POSITIVE_INFINITY },
};

/** Arrows move within the slice, Page Up and Down through the slices, Shift takes five at once. */
export function moveOfKey(key: string, shift: boolean): Move | null {
  const move = KEYS[key];
  if (!move || !shift) return move ?? null;
  return { across: move.across * STRIDE, up: move.up * STRIDE, through: move.through * STRIDE };
}

/** Å; the crosshair after a move, on a voxel's centre and inside the volume. */
export function moved(volume: FloatVolume, crosshair: Vec3, axis: Axis, move: Move): Vec3 {
  const voxel = [...voxelAt(volume, crosshair)];
  const { across, up, through } = ORIENTATION[axis];
  for (const [component, step] of [
    [across, move.across],
    [up, volume.rowsDown && axis === 'z' ? -move.up : move.up],
    [through, move.through],
  ]) {
    const last = volume.shape[2 - component] - 1;
    voxel[component] = Math.min(last, Math.max(0, voxel[component] + step));
  }
  return worldOf(volume, voxel as unknown as Vec3);
}

/** Pixels of a touchpad's scroll that make one step; a notched wheel always makes one. */
const PIXELS_PER_STEP = 24;
const NOTCH = 50;

/** Turns wheel events into whole steps; wheel up goes to the next slice. */
export class WheelSteps {
  #rest = 0;

  take(event: Pick<WheelEvent, 'deltaY' | 'deltaMode'>): number {
    if (event.deltaMode !== 0 || Math.abs(event.deltaY) >= NOTCH) {
      this.#rest = 0;
      return -Math.sign(event.deltaY);
    }
    this.#rest -= event.deltaY;
    const steps = Math.trunc(this.#rest / PIXELS_PER_STEP);
    this.#rest -= steps * PIXELS_PER_STEP;
    return steps;
  }
}
