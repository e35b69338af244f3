import { createStore } from 'zustand/vanilla';
import {
  axesOf,
  type Component,
  type Components,
  componentAt,
  outputGrid,
  spaceOf,
  type Tiling,
  turnedShape,
} from '../core/segmentation/index.ts';
import {
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  type Vec3,
  worldToVoxel,
} from '../core/volume/index.ts';
import type { ModelInfo, Progress, Segmentation } from '../engine/types.ts';
import type { VolumeItem } from './types.ts';

/** A segmentation with what it is of. */
export interface SegmentedVolume {
  readonly item: VolumeItem;
  readonly model: ModelInfo;
  /** As the network sees it, in the file's own units. */
  readonly volume: SourceVolume<Float32Array>;
  /** The same, normalised: what tiles are cut out of. */
  readonly input: Float32Array;
  readonly steps: readonly string[];
  readonly found: Segmentation;
  /** Of the labels. */
  readonly grid: SourceGrid;
}

/** How a run differs from what the network's tool does. */
export interface SegmentChoice {
  /** Also run mirrored and turned tiles. */
  readonly mirror: boolean;
  /** Bring the voxels to the size that the network was trained with. */
  readonly resample: boolean;
  /** Overlap in voxels of a tile and what counts there, where they are not the tool's. */
  readonly tiling: Partial<Pick<Tiling, 'overlap' | 'blending'>>;
}

export interface SegmentationState {
  readonly status: 'idle' | 'running' | 'error';
  readonly progress: Progress | null;
  readonly error: string | null;
  readonly choice: SegmentChoice;
  readonly result: SegmentedVolume | null;
  /** Labels that are not drawn. */
  readonly hidden: readonly number[];
  /** Component chosen in the list; counts while the crosshair is in it. */
  readonly chosen: number | null;
}

export const createSegmentationStore = () =>
  createStore<SegmentationState>(() => ({
    status: 'idle',
    progress: null,
    error: null,
    choice: { mirror: false, resample: false, tiling: {} },
    result: null,
    hidden: [],
    chosen: null,
  }));

/** Whether a network says something of each voxel. */
export const isDense = ({ outputs, inputShape }: ModelInfo) =>
  outputs[0].shape.length === inputShape.length && inputShape.length > 2;

/** Whether a volume has to be cut into tiles for a network that says something of each of its voxels. */
export function isLarger(volume: Shape3, model: ModelInfo): boolean {
  const tile = spaceOf(model.inputShape);
  const turned = turnedShape(volume, axesOf(model.sidecar.tiling));
  return isDense(model) && turned.some((n, axis) => n > tile[axis]);
}

export const labelsGrid = (
  volume: SourceGrid,
  { plan, tiling }: Pick<Segmentation, 'plan' | 'tiling'>,
): SourceGrid => {
  const { shape, voxelSize, voxelSizeKnown, origin } = volume;
  return outputGrid({ shape, voxelSize, voxelSizeKnown, origin }, plan, tiling.axes);
};

/** The voxel of a grid that a place lies in, `[z, y, x]`, the closest where it lies outside. */
export function voxelIn(grid: SourceGrid, place: Vec3): Shape3 {
  const [x, y, z] = worldToVoxel(grid, place);
  const within = (value: number, axis: 0 | 1 | 2) =>
    Math.min(grid.shape[axis] - 1, Math.max(0, Math.round(value) || 0));
  return [within(z, 0), within(y, 1), within(x, 2)];
}

/** What the network says of a place. */
export interface Picked {
  /** Of the labels. */
  readonly voxel: Shape3;
  /** Label there; 0 for no class. */
  readonly label: number;
  /** Of that label. */
  readonly component: Component | null;
}

/** The component chosen where the place lies in it, else the one there. */
export function pickedAt(
  { result, chosen }: Pick<SegmentationState, 'result' | 'chosen'>,
  place: Vec3,
): Picked | null {
  if (!result) return null;
  const { components } = result.found;
  const voxel = voxelIn(result.grid, place);
  const own = chosen === null ? undefined : components.list[chosen - 1];
  const here = own && contains(components, own, voxel) ? own : componentAt(components, voxel);
  return { voxel, label: here?.label ?? 0, component: here };
}

function contains({ maps }: Components, { id }: Component, [z, y, x]: Shape3): boolean {
  return maps.some(({ rows, from, to, ids, shape }) => {
    const row = z * shape[1] + y;
    for (let run = rows[row]; run < rows[row + 1]; run++)
      if (ids[run] === id && from[run] <= x && x <= to[run]) return true;
    return false;
  });
}

/** Voxels around a click on a surface in which its component is looked for. */
const REACH = 2;

/** The closest place of a component to one on its surface, Å; the place itself where there is none. */
export function placeInside({ found, grid }: SegmentedVolume, place: Vec3): Vec3 {
  const at = voxelIn(grid, place);
  let best: { readonly voxel: Shape3; readonly away: number } | null = null;
  for (let z = at[0] - REACH; z <= at[0] + REACH; z++)
    for (let y = at[1] - REACH; y <= at[1] + REACH; y++)
      for (let x = at[2] - REACH; x <= at[2] + REACH; x++) {
        const voxel: Shape3 = [z, y, x];
        if (voxel.some((n, axis) => n < 0 || n >= grid.shape[axis])) continue;
        const away = (z - at[0]) ** 2 + (y - at[1]) ** 2 + (x - at[2]) ** 2;
        if ((best && best.away <= away) || !componentAt(found.components, voxel)) continue;
        best = { voxel, away };
      }
  return best ? placeOf(grid, best.voxel) : place;
}

/** Å; the middle of a voxel `[z, y, x]`. */
export function placeOf({ origin, voxelSize }: SourceGrid, [z, y, x]: Shape3): Vec3 {
  return [origin[0] + x * voxelSize[0], origin[1] + y * voxelSize[1], origin[2] + z * voxelSize[2]];
}

/** Name of a label's class. */
export function labelName({ model, found }: SegmentedVolume, label: number): string {
  return model.classes[found.channels[label - 1]];
}
