import { boxAt, planWindows, windowCount, windowStart } from '../src/core/picking/index.ts';
import {
  type Normalization,
  prepareInput,
  type Shape3,
  type SourceVolume,
} from '../src/core/volume/index.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';

/** Scores of windows by themselves, as `explain` would give them. */
export interface BoxScorer {
  /** @param starts voxel at which each window begins, z, y, x; may lie outside the volume */
  score(starts: readonly Shape3[], onDone?: (fraction: number) => void): Promise<Float32Array[]>;
  /** Windows scored so far. */
  count(): number;
}

/** Boxes that are in memory at a time. */
const TOGETHER = 64;

/** Cuts windows out of a volume, the mean of the rest where they hang out, and scores each by itself. */
export function createBoxScorer(
  engine: Engine,
  { id, inputShape, sidecar }: ModelInfo,
  volume: SourceVolume<Float32Array>,
  normalization: Normalization,
  signal: AbortSignal,
): BoxScorer {
  const shape: Shape3 = [inputShape[0], inputShape[1], inputShape[2]];
  const { voxelSize, voxelSizeKnown, origin } = volume;
  let scored = 0;
  const inputAt = (start: Shape3): Float32Array => {
    const data = boxAt(volume.data, volume.shape, start, shape);
    const box = { data, shape, voxelSize, voxelSizeKnown, origin };
    return prepareInput(box, { shape, normalization, steps: sidecar.steps }).volume.data;
  };
  return {
    async score(starts, onDone) {
      const found: Float32Array[] = [];
      for (let from = 0; from < starts.length; from += TOGETHER) {
        onDone?.(from / starts.length);
        const inputs = starts.slice(from, from + TOGETHER).map(inputAt);
        found.push(...(await engine.scores({ model: id, inputs, inputShape }, { signal })));
      }
      scored += starts.length;
      return found;
    },
    count: () => scored,
  };
}

/** The scores of all windows over a volume, each by itself. */
export async function scoreBoxes(
  { score }: BoxScorer,
  volume: Shape3,
  size: Shape3,
  stride: number,
  onDone: (fraction: number) => void,
) {
  const grid = planWindows(volume, size, stride);
  const count = windowCount(grid);
  const starts = Array.from({ length: count }, (_, i) => windowStart(grid, i));
  const started = performance.now();
  const all = await score(starts, onDone);
  const scores = Array.from(all[0], (_, c) => Float32Array.from(all, (of) => of[c]));
  return { grid, scores, milliseconds: performance.now() - started };
}
