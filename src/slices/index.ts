export { ColorBar } from './ColorBar.tsx';
export { MosaicPicture } from './MosaicPicture.tsx';
export { Slices } from './Slices.tsx';
