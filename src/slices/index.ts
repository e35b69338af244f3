export { HeatColorBar } from './HeatColorBar.tsx';
export { MosaicPicture } from './MosaicPicture.tsx';
export { type Panel, Slices } from './Slices.tsx';
