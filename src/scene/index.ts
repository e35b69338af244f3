export type { Pixels } from './drawView.ts';
export { LinkedViews, type LinkedViewsProps } from './LinkedViews.tsx';
export { axisArms } from './Overlays.tsx';
export type { RenderOptions, SceneHandle } from './Stage.tsx';
export { type SceneMark, type Shell, SurfaceView, type SurfaceViewProps } from './SurfaceView.tsx';
export { boundsOf, pixelsPerAngstrom } from './camera.ts';
export { scaleBar, type ScaleBarSpec } from './scaleBar.ts';
