/** A box of an input, in voxels, and the input with the box hidden. */
export interface Occlusion {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The edge of a box is one over this of the axis, and boxes stand half an edge apart. */
const BOXES_PER_AXIS = 5;

/** Boxes that cover a volume of size `space`, `[z, y, x]` or `[y, x]`; each of its voxels is in one at least. */
export function occlusions(space: readonly number[]): Occlusion[] {
  const edges = space.map((size) => Math.max(1, Math.round(size / BOXES_PER_AXIS)));
  let found: Occlusion[] = [{ from: [], to: [] }];
  for (const [axis, size] of space.entries()) {
    const step = Math.round(edges[axis] / 2);
    const starts: number[] = [];
    for (let start = 0; start < size - edges[axis]; start += step) starts.push(start);
    starts.push(size - edges[axis]);
    found = found.flatMap(({ from, to }) =>
      starts.map((start) => ({ from: [...from, start], to: [...to, start + edges[axis]] })),
    );
  }
  return found;
}

/** Calls `visit` with the index of each voxel of a box in a volume of size `space`. */
export function eachVoxel(
  space: readonly number[],
  { from, to }: Occlusion,
  visit: (voxel: number) => void,
): void {
  const walk = (axis: number, at: number): void => {
    for (let i = from[axis]; i < to[axis]; i++) {
      const next = at * space[axis] + i;
      if (axis === space.length - 1) visit(next);
      else walk(axis + 1, next);
    }
  };
  walk(0, 0);
}

/** The input `[…space, channels]` with the mean of each channel in the box. */
export function hidden(
  input: Float32Array,
  space: readonly number[],
  channels: number,
  box: Occlusion,
): Float32Array {
  const means = new Float64Array(channels);
  for (let i = 0; i < input.length; i++) means[i % channels] += input[i];
  const voxels = input.length / channels;
  const changed = input.slice();
  eachVoxel(space, box, (voxel) => {
    for (let l = 0; l < channels; l++) changed[voxel * channels + l] = means[l] / voxels;
  });
  return changed;
}

/** By voxel: the mean of what hiding a box takes from the score, over the boxes that the voxel is in. */
export function occlusionMap(
  space: readonly number[],
  boxes: readonly Occlusion[],
  drops: ArrayLike<number>,
): Float64Array {
  const voxels = space.reduce((a, b) => a * b, 1);
  const sum = new Float64Array(voxels);
  const count = new Uint32Array(voxels);
  for (const [k, box] of boxes.entries()) {
    eachVoxel(space, box, (voxel) => {
      sum[voxel] += drops[k];
      count[voxel]++;
    });
  }
  return sum.map((value, voxel) => value / count[voxel]);
}
