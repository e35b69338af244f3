export {
  ACROSS,
  quantileAt,
  RANKS,
  type SlicePicture,
  Slicer,
  type SliceRequest,
} from './slice.ts';
export { type Axis, PLACE, Tomogram } from './tomogram.ts';
