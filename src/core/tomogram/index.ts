export { IMAGES_TEXT, mustBeTomogram } from './check.ts';
export {
  ACROSS,
  quantileAt,
  RANKS,
  type SlicePicture,
  Slicer,
  type SliceRequest,
} from './slice.ts';
export { readRegion, type RegionRequest, type TomogramRegion } from './region.ts';
export { type Axis, PLACE, Tomogram } from './tomogram.ts';
