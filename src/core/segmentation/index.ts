export {
  type Axes,
  axesText,
  inverseAxes,
  isAxes,
  SAME_AXES,
  sameAxes,
  turned,
  turnedGrid,
  turnedShape,
} from './axes.ts';
export { Blender, blendingBytes, type Slice } from './blend.ts';
export {
  type Component,
  type Components,
  componentAt,
  componentInTile,
  componentMask,
  componentsOf,
  volumeNm3,
} from './components.ts';
export { componentsCsv } from './csv.ts';
export {
  backgroundOf,
  Decider,
  labelledChannels,
  type Labels,
  type Members,
  type OutputMeaning,
} from './decide.ts';
export { componentVolume, maskShares } from './mask.ts';
export { copied, restored, type TileCopy, tileCopies } from './mirror.ts';
export { outputGrid, planTiles, type TileIndex, type TilePlan, tileStart } from './plan.ts';
export { classShares, SHARE_LEVEL } from './shares.ts';
export { type CutTile, cutTile, outputVoxel, tileAround, tileValues } from './tile.ts';
export {
  BLENDING_IDS,
  BLENDINGS,
  type Blending,
  axesOf,
  openTile,
  overlapVoxels,
  spaceOf,
  type Tiling,
  type TilingFacts,
  tileCopiesOf,
  tilingOf,
  tilingSchema,
} from './tiling.ts';
