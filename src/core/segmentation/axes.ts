import type { Grid } from '../volume/grid.ts';
import { sameType } from '../volume/region.ts';
import type { Shape3, Vec3, VoxelArray } from '../volume/types.ts';

/** For each axis of a network, which of the volume's it runs along: 0 z, 1 y, 2 x. */
export type Axes = Shape3;
export const SAME_AXES: Axes = [0, 1, 2];

export const turnedShape = (shape: Shape3, axes: Axes): Shape3 => [
  shape[axes[0]],
  shape[axes[1]],
  shape[axes[2]],
];

/** The axes that lead back. */
export const inverseAxes = (axes: Axes): Axes => [
  axes.indexOf(0),
  axes.indexOf(1),
  axes.indexOf(2),
];

export function isAxes(axes: readonly number[] | undefined): axes is Axes {
  return axes?.length === 3 && [0, 1, 2].every((axis) => axes.includes(axis));
}

/** Whether they are those of the volume. */
export const sameAxes = (axes: Axes) => axes.every((axis, i) => axis === i);

/** The volume's axes that a network's run along, e.g. "y, x, z". */
export const axesText = (axes: Axes): string => axes.map((axis) => 'zyx'[axis]).join(', ');

/** Values of a volume in the order of a network's axes; the same array where it is theirs already. */
export function turned<A extends VoxelArray | Uint32Array>(
  values: A,
  shape: Shape3,
  axes: Axes,
): A {
  if (sameAxes(axes)) return values;
  const steps = [shape[1] * shape[2], shape[2], 1];
  const [n0, n1, n2] = turnedShape(shape, axes);
  const [s0, s1, s2] = turnedShape([steps[0], steps[1], steps[2]], axes);
  const out = sameType(values as VoxelArray, values.length) as A;
  let to = 0;
  for (let a = 0; a < n0; a++)
    for (let b = 0; b < n1; b++)
      for (let c = 0, from = a * s0 + b * s1; c < n2; c++, from += s2) out[to++] = values[from];
  return out;
}

/** The grid of values that were {@link turned}. */
export function turnedGrid<G extends Grid>(grid: G, axes: Axes): G {
  const along = (of: Vec3): Vec3 => {
    const [z, y, x] = turnedShape([of[2], of[1], of[0]], axes);
    return [x, y, z];
  };
  const { shape, voxelSize, origin } = grid;
  return {
    ...grid,
    shape: turnedShape(shape, axes),
    voxelSize: along(voxelSize),
    origin: along(origin),
  };
}
