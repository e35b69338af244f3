import { expect, it } from 'vitest';
import { CAM_METHODS, classMaps, METHODS } from './index.ts';

/** Activations of a ReLU with every channel awake, and gradients of both signs. */
const layer = {
  a: Float32Array.of(0, 1, 2, 0, 3, 1, 0.5, 0),
  g: Float32Array.of(1, -2, 0.5, 3, -1, 1, 2, 0.25),
  channels: 2,
};

it.each(CAM_METHODS)(
  '%s: the map adds up to the share of the layer where its row says so',
  (id) => {
    const { maps, cam } = classMaps(layer, [id]);
    const error = Math.abs(maps[id]!.sum - cam);
    if (METHODS[id].keepsSum) expect(error).toBeLessThan(1e-6);
    else expect(error).toBeGreaterThan(0.1);
  },
);

it('names each method once', () => {
  for (const key of ['name', 'short', 'about', 'formula'] as const)
    expect(new Set(CAM_METHODS.map((id) => METHODS[id][key])).size).toBe(CAM_METHODS.length);
});
