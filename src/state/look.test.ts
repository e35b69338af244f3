import { expect, it } from 'vitest';
import { linkPanel, lookOf, setLook } from './look.ts';
import { createViewStore, DEFAULT_CAMERA } from './view.ts';

it('moves an unlinked panel alone, and takes it back to the others', () => {
  const view = createViewStore();
  linkPanel(view, 'p2', false);
  setLook(view, 'p2', { crosshair: [1, 2, 3] });
  setLook(view, 'p1', { camera: { ...DEFAULT_CAMERA, zoom: 3 } });
  expect(lookOf(view.getState(), 'p2')).toMatchObject({
    ...{ camera: DEFAULT_CAMERA, crosshair: [1, 2, 3] },
  });
  expect(lookOf(view.getState(), 'p1').camera.zoom).toBe(3);
  expect(lookOf(view.getState(), 'p1').crosshair).toEqual([0, 0, 0]);
  linkPanel(view, 'p2', true);
  expect(lookOf(view.getState(), 'p2').camera.zoom).toBe(3);
  expect(view.getState().unlinked).toEqual([]);
});
