import { AppError } from '../../core/errors.ts';
import type { SceneHandle } from '../../scene/index.ts';
import type { RenderView } from './parts.ts';

/** The 3D views of the explain page. */
export const shownScene: { current: SceneHandle | null } = { current: null };

/** Whether a column's view is on the page and can be drawn. */
export const isDrawn = (id: string): boolean => shownScene.current?.has(id) ?? false;

/** @throws AppError `internal` before the views are there, and what the scene throws */
export const renderView: RenderView = (...view) => {
  if (!shownScene.current) throw new AppError('internal', 'The 3D views are not ready yet.');
  return shownScene.current.renderToImage(...view);
};
