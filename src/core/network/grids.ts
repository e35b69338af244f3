import type { NetworkBox } from './boxes.ts';
import type { NetworkNode } from './types.ts';

/** Sizes in space of a value on a grid like the input's; null for a vector or what has other axes. */
export function gridOf(
  { shape }: Pick<NetworkNode, 'shape'>,
  input: readonly number[],
): readonly number[] | null {
  const grid = shape.slice(0, -1);
  return shape.length === input.length && grid.some((size) => size > 1) ? grid : null;
}

/** How many times the input's grid was halved, as a whole number; null for what has no grid. */
function levelOf(node: NetworkNode, input: readonly number[]): number | null {
  const grid = gridOf(node, input);
  if (!grid) return null;
  const logs = grid.map((size, axis) => Math.log2(input[axis] / size));
  return Math.round(logs.reduce((a, b) => a + b, 0) / logs.length);
}

/** The boxes on grids of about one resolution. */
export interface GridColumn {
  /** Grids that occur in it, the finest first; none for values without a grid. */
  readonly grids: readonly (readonly number[])[];
}

/**
 * Puts boxes in columns by the resolution of what they give, the finest first: a U-Net goes out to the right and comes
 * back. What has no grid is in the last column, or with what it reads where a grid comes of it again.
 */
export function gridColumns(
  nodes: readonly NetworkNode[],
  boxes: readonly NetworkBox[],
): { readonly columns: readonly GridColumn[]; readonly columnOf: readonly number[] } {
  const input = nodes[0].shape;
  const last = ({ members }: NetworkBox) => nodes[members[members.length - 1]];
  const levels = boxes.map((box) => levelOf(last(box), input));
  const returns = boxes.map(() => false);
  for (let at = boxes.length - 1; at >= 0; at--)
    if (levels[at] !== null || returns[at]) for (const i of boxes[at].inputs) returns[i] = true;
  for (const [at, { inputs }] of boxes.entries())
    if (levels[at] === null && returns[at] && inputs.length > 0) levels[at] = levels[inputs[0]];

  const known = [...new Set(levels)].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const columnOf = levels.map((level) => known.indexOf(level));
  const columns = known.map((_, column): GridColumn => {
    const inside = boxes.filter((_, at) => columnOf[at] === column);
    const grids = inside.flatMap((box) => {
      const grid = gridOf(last(box), input);
      return grid ? [grid] : [];
    });
    const apart = [...new Map(grids.map((grid) => [grid.join(), grid])).values()];
    return { grids: apart.sort((a, b) => volume(b) - volume(a)) };
  });
  return { columns, columnOf };
}

const volume = (grid: readonly number[]) => grid.reduce((a, b) => a * b, 1);
