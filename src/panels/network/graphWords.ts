import { gridOf, labelOf, type NetworkNode } from '../../core/network/index.ts';
import { boxText } from '../../core/volume/index.ts';
import { type ModelInfo, nanometres } from '../../state/index.ts';

/** `40³`, `40 × 40 × 20` (x first), `192 × 192`, `16`. */
export function gridText(grid: readonly number[]): string {
  if (grid.length === 3) return boxText([grid[0], grid[1], grid[2]]);
  return [...grid].reverse().join(' × ');
}

/** `40³ × 32` of a grid with channels, `512` of a vector. */
export function shapeText(shape: readonly number[]): string {
  if (shape.length < 2) return shape.join();
  return `${gridText(shape.slice(0, -1))} × ${shape[shape.length - 1]}`;
}

/** How large a grid's voxels are: in nm where the network's or the volume's voxel size is known. */
export function voxelText(
  grid: readonly number[],
  inputShape: readonly number[],
  /** Å, of the input. */
  voxelSize: number | null,
): string {
  // x first, as sizes are everywhere.
  const ratios = grid.map((size, axis) => inputShape[axis] / size).reverse();
  const alike = ratios.every((ratio) => Math.abs(ratio - ratios[0]) < 0.01);
  const used = alike ? ratios.slice(0, 1) : ratios;
  if (voxelSize === null) {
    const factors = used.map((ratio) => Number(ratio.toPrecision(3))).join(' × ');
    const cell = grid.length === 2 ? 'pixel' : 'voxel';
    return alike ? `${factors} × input ${cell}` : `${factors} input ${cell}s`;
  }
  const lengths = used.map((ratio) => nanometres(ratio * voxelSize).replace(/ nm$/, ''));
  return `${lengths.join(' × ')} nm`;
}

/** `896`, `27.7 k`, `32.8 M`. */
export function countText(count: number): string {
  if (count < 10_000) return count.toLocaleString('en');
  if (count < 1e6) return `${Number((count / 1e3).toPrecision(3))} k`;
  return `${Number((count / 1e6).toPrecision(3))} M`;
}

/** The end of a long name says most. */
export function shortened(name: string, most = 22): string {
  return name.length <= most ? name : `…${name.slice(1 - most)}`;
}

/** What there is to know about a node, by name. */
export function factsOf(
  node: NetworkNode,
  { nodes, inputShape }: Pick<ModelInfo, 'nodes' | 'inputShape'>,
  voxelSize: number | null,
): readonly (readonly [name: string, text: string])[] {
  const grid = gridOf(node, inputShape);
  const { shape, kind, parameters, aliases, inputs } = node;
  return [
    ['Operator', kind],
    ['Gives', shapeText(shape)],
    ...(grid ? [['Voxels', voxelText(grid, inputShape, voxelSize)] as const] : []),
    ...(parameters > 0 ? [['Parameters', parameters.toLocaleString('en')] as const] : []),
    ...(inputs.length > 0
      ? [['Reads', inputs.map((input) => labelOf(nodes[input])).join(', ')] as const]
      : []),
    ...(aliases.length > 0 ? [['Also called', aliases.join(', ')] as const] : []),
  ];
}

/** Operators of a box with the longest words short. */
export const shortKinds = (kinds: string): string => kinds.replaceAll('Normalization', 'Norm');
