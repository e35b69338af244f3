export { classColor, fillLabels, labelColor, labelTable } from './classes.ts';
export { clearContrast, contrastOf } from './contrast.ts';
export { fillColour, fillSlice, type SliceColors, type SliceMix } from './fill.ts';
export { fillGrey } from './grey.ts';
export {
  type Contrast,
  convertLevel,
  type DensityStats,
  densityBasis,
  fromAbsolute,
  HEATMAP_UNITS,
  heatmapBasis,
  type HeatmapBasis,
  heatmapLevel,
  type HeatmapUnit,
  heatmapValue,
  LEVEL_UNITS,
  type LevelBasis,
  type LevelUnit,
  levelRange,
  signedLevels,
  toAbsolute,
} from './levels.ts';
export { type EnclosedMass, enclosedMass } from './mass.ts';
export { type MapPicture, mapPicture, type Projection, projectionOf } from './mapPicture.ts';
export type { Rgb } from './oklab.ts';
export { ENTRIES, HALF, NEUTRAL, PALETTES, type Palette, type PaletteName } from './palette.ts';
export {
  colorAt,
  cssColor,
  type LevelStyle,
  levelStyle,
  peakOf,
  type SymmetricScale,
} from './scale.ts';
export { formatSigned, formatValue, niceBelow, niceStep, symmetricTicks } from './ticks.ts';
export { type GreyWindow, greyWindow } from './window.ts';
