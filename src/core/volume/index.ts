export {
  cropPad,
  floatVolume,
  invertContrast,
  type Normalization,
  normalize,
  replaceNonFinite,
  toFloat32,
} from './convert.ts';
export { type VolumeFile, volumeOf } from './file.ts';
export {
  boxCentre,
  boxSize,
  centredGrid,
  type Grid,
  regrid,
  sameShape,
  voxelToWorld,
  worldToVoxel,
} from './grid.ts';
export { type OpenedVolume, type OpenOptions, openVolume, openVolumeFile } from './open.ts';
export {
  type Fit,
  type InputExpectation,
  type PreparedInput,
  type PrepareOptions,
  prepareInput,
} from './prepare.ts';
export type { Finding, Severity, VolumeKind, VolumeReport } from './report.ts';
export { type ResampleOptions, resample, resampleToGrid } from './resample.ts';
export {
  computeStats,
  type Histogram,
  histogram,
  type NumberArray,
  percentiles,
  type VolumeStats,
} from './stats.ts';
export type { FloatVolume, Shape3, Vec3, Volume, VoxelArray } from './types.ts';
