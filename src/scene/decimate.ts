import type { VoxelArray, Volume } from '../core/volume/types.ts';
import { nextTask } from '../state/nextTask.ts';

const BUDGET_MS = 8;

/**
 * Every `step`-th voxel of a volume too large to be sent whole, in world coordinates as before.
 * Leaves the page responsive: works for 8 ms at a time.
 */
export async function decimated(volume: Volume, step: number): Promise<Volume> {
  const { data, voxelSize, origin } = volume;
  const [nz, ny, nx] = volume.shape;
  const shape = [nz, ny, nx].map((n) => Math.floor((n - 1) / step) + 1) as [number, number, number];
  const out = sameKind(data, shape[0] * shape[1] * shape[2]);
  let to = 0;
  let pause = performance.now() + BUDGET_MS;
  for (let z = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      let from = (z * step * ny + y * step) * nx;
      for (let x = 0; x < shape[2]; x++, from += step) out[to++] = data[from];
    }
    if (performance.now() > pause) {
      await nextTask();
      pause = performance.now() + BUDGET_MS;
    }
  }
  const [vx, vy, vz] = voxelSize;
  return { data: out, shape, voxelSize: [vx * step, vy * step, vz * step], origin };
}

function sameKind(data: VoxelArray, length: number): VoxelArray {
  return new (data.constructor as new (length: number) => VoxelArray)(length);
}
