import { describe, expect, it } from 'vitest';
import {
  CAM_METHODS,
  classMaps,
  LAYER_METHODS,
  type LayerGradient,
  type LayerMethod,
  mapUnit,
  METHODS,
} from './index.ts';

/** Activations of a ReLU with every channel awake, and gradients of both signs. */
const layer = {
  a: Float32Array.of(0, 1, 2, 0, 3, 1, 0.5, 0),
  g: Float32Array.of(1, -2, 0.5, 3, -1, 1, 2, 0.25),
  channels: 2,
};
/** The same where averages make the score: one gradient for each channel. */
const averages = { ...layer, g: layer.a.map((_, i) => [0.5, -2][i % 2]) };

const mapBy = (id: LayerMethod, of: LayerGradient) => [...classMaps(of, [id]).maps[id]!.data];

describe.each(LAYER_METHODS)('%s', (id) => {
  it('adds up to the share of the layer where its row says so', () => {
    const { maps, cam } = classMaps(METHODS[id].ofAverages ? averages : layer, [id]);
    const error = Math.abs(maps[id]!.sum - cam);
    if (METHODS[id].keepsSum) expect(error).toBeLessThan(1e-6);
    else expect(error).toBeGreaterThan(0.1);
  });
});

it.each(CAM_METHODS)('%s has words of its own', (id) => {
  for (const key of ['name', 'short', 'about', 'formula'] as const)
    expect(CAM_METHODS.filter((one) => METHODS[one][key] === METHODS[id][key])).toEqual([id]);
});

describe('closed forms', () => {
  it('Grad-CAM++', () => {
    // Sums over the voxels of A: 5.5 and 2. Of positive gradients, each times 1 / (2 + g sum A):
    const w0 = 1 / 7.5 + 0.5 / 4.75 + 2 / 13;
    const w1 = 3 / 8 + 1 / 4 + 0.25 / 2.5;
    const wanted = [w1, 2 * w0, 3 * w0 + w1, 0.5 * w0];
    for (const [v, value] of mapBy('gradpp', layer).entries())
      expect(value).toBeCloseTo(wanted[v], 6);
  });

  it('LayerCAM', () => {
    expect(mapBy('layercam', layer)).toEqual([0, 1, 1, 1]);
  });

  it('CAM and Grad-CAM weight by the mean gradient', () => {
    expect(mapBy('cam', averages)).toEqual([-2, 1, -0.5, 0.25]);
  });
});

describe('methods that must coincide', () => {
  it('LayerCAM is HiResCAM where no gradient and no activation is below 0', () => {
    const positive = { ...layer, g: layer.g.map(Math.abs) };
    expect(mapBy('layercam', positive)).toEqual(mapBy('hirescam', positive));
  });

  it('CAM, Grad-CAM, Respond-CAM and HiResCAM are one map where averages make the score', () => {
    const cam = mapBy('cam', averages);
    for (const id of ['grad', 'respond', 'hirescam'] as const)
      for (const [v, value] of mapBy(id, averages).entries()) expect(value).toBeCloseTo(cam[v], 6);
  });

  it('XGrad-CAM is Respond-CAM without what is negative', () => {
    const respond = mapBy('respond', layer);
    expect(mapBy('xgrad', layer)).toEqual(respond.map((value) => Math.max(value, 0)));
    expect(Math.min(...respond)).toBeLessThan(0);
  });
});

it('counts the values of a map without depth by its pixels', () => {
  expect(mapUnit('respond', [5, 5, 5])).toBe('class score per voxel');
  expect(mapUnit('respond', [1, 6, 6])).toBe('class score per pixel');
  expect(mapUnit('gradient', [1, 6, 6])).toBe(METHODS.gradient.unit);
});
