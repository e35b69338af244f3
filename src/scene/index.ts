export type { Pixels } from './drawView.ts';
export type { AtomsSpec, PointsSpec } from './atoms.ts';
export { LinkedViews } from './LinkedViews.tsx';
export type { ProjectionSpec } from './projection.ts';
export type { PlaneImage } from './slicePlanes.ts';
export type { SceneHandle } from './Stage.tsx';
export { type SceneMark, type Shell, SurfaceView } from './SurfaceView.tsx';
