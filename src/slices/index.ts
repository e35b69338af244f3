export type { Brush } from './SliceStage.tsx';
export { ColorBar } from './ColorBar.tsx';
export { ImageView } from './ImageView.tsx';
export { MosaicPicture } from './MosaicPicture.tsx';
export { MosaicView } from './MosaicView.tsx';
export { OrthogonalView } from './OrthogonalView.tsx';
export { ProjectionView } from './ProjectionView.tsx';
export { Slices } from './Slices.tsx';
export type { SliceLayoutProps } from './SliceView.tsx';
