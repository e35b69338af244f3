export {
  type ByteSource,
  memorySource,
  headerOf,
  openSource,
  reportOf,
  type VolumeAccess,
  type VolumePart,
} from './access.ts';
export {
  boxOf,
  interleave,
  type Plane,
  prepareChannels,
  type PreparedChannels,
} from './channels.ts';
export {
  cropPad,
  floatVolume,
  invertContrast,
  type NamedNormalization,
  NORMALIZATIONS,
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
export {
  ACCEPTED_VOLUMES,
  formatLabel,
  isPictureFormat,
  isPictureName,
  isVolumeName,
  PICTURE_ENDINGS_TEXT,
  PICTURE_LABELS_TEXT,
  VOLUME_ACCEPT,
  VOLUME_ENDINGS_TEXT,
  VOLUME_LABELS_TEXT,
  fileStem,
  volumeStem,
} from './names.ts';
export {
  boxText,
  isVoxelSize,
  lengthText,
  type LengthUnit,
  lengthUnitOf,
  placeText,
  positionText,
  SAME_VOXEL,
  sameVoxelSize,
  short,
} from './notation.ts';
export {
  type OpenedVolume,
  type OpenOptions,
  openVolume,
  openVolumeFile,
  takeVolume,
} from './open.ts';
export {
  FITS,
  type Fit,
  type FitPlan,
  type Fitting,
  type InputExpectation,
  type PreparedInput,
  type PrepareOptions,
  planFit,
  prepareInput,
  preparePart,
  type SourceGrid,
} from './prepare.ts';
export { gridOfRegion, type Region, sectionsAround, takeRegion } from './region.ts';
export { Findings } from './report.ts';
export type {
  Finding,
  ReadAs,
  Severity,
  VolumeFormatId,
  VolumeHeader,
  VolumeKind,
  VolumeReport,
} from './report.ts';
export { nearest, type ResampleOptions, resample, resampleToGrid } from './resample.ts';
export {
  isPictureScaling,
  PICTURE_SCALINGS,
  type PictureScaling,
  usualScaling,
} from './scaling.ts';
export {
  computeStats,
  type Histogram,
  histogram,
  type NumberArray,
  percentiles,
  type VolumeStats,
} from './stats.ts';
export { type Thumbnail, thumbnailOf } from './thumbnail.ts';
export type { FloatVolume, Shape3, SourceVolume, Vec3, Volume, VoxelArray } from './types.ts';
