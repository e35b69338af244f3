import { describe, expect, it } from 'vitest';
import type { CamMethod } from '../core/cam/types.ts';
import type { Answer } from '../state/index.ts';
import { emptyMap } from './emptyMap.ts';

interface Made {
  readonly maps?: Readonly<Partial<Record<CamMethod, readonly number[]>>>;
  readonly activations?: readonly number[];
  readonly input?: readonly number[];
  readonly layer?: string;
  readonly voxels?: readonly number[];
}

/** An answer about the second of two classes. */
function answer({ maps = {}, activations = [1, 2], input = [1, 2], layer, voxels }: Made): Answer {
  const methods = Object.fromEntries(
    Object.entries(maps).map(([method, values]) => {
      const data = Float32Array.from(values);
      const [min, max] = [Math.min(...values), Math.max(...values)];
      return [method, { data, min, max, sum: 0, shape: [1, 1, values.length] }];
    }),
  );
  return {
    model: { defaultLayer: 'conv2', classes: ['apple', 'pear'] },
    prepared: { input: Float32Array.from(input) },
    result: {
      predicted: 0,
      target: { kind: 'class', output: 'scores', voxels },
      layers: [
        {
          name: layer ?? 'conv2',
          activationSum: Float32Array.from(activations),
          classes: [{ index: 1, score: 0, methods }],
        },
      ],
    },
  } as unknown as Answer;
}

const said = (method: CamMethod, made: Made) =>
  emptyMap({ method, classIndex: 1, layer: made.layer ?? 'conv2' }, answer(made));

describe('an empty map', () => {
  it('is of Guided Grad-CAM where Grad-CAM is nowhere positive', () => {
    const { text, remedy } = said('guided-grad', { maps: { grad: [-3, -0.5] } });
    expect(text).toBe(
      'Guided Grad-CAM keeps what is in favour of pear, and at conv2 nothing is: Grad-CAM runs from −3 to −0.5 there.',
    );
    expect(remedy).toEqual({ label: 'Show Grad-CAM', method: 'grad' });
  });

  it('is of Guided Grad-CAM where guided backpropagation hands nothing on', () => {
    const { text, remedy } = said('guided-grad', { maps: { grad: [-3, 2] } });
    expect(text).toMatch(/guided backpropagation hands nothing on/);
    expect(remedy).toMatchObject({ method: 'gradient-input' });
  });

  it('is of a method that keeps what is in favour', () => {
    expect(said('xgrad', { maps: { respond: [-3, -1] } }).remedy).toMatchObject({
      method: 'respond',
    });
    expect(said('layercam', { maps: { hirescam: [-3, 0] } }).text).toMatch(/HiResCAM runs from −3/);
  });

  it('is of a class without voxels', () => {
    const { text, remedy } = said('respond', { voxels: [7, 0] });
    expect(text).toMatch(/^No voxel counts for pear/);
    expect(remedy).toEqual({ label: 'Show apple', suggested: 'class' });
  });

  it('is of a layer that is silent, or does not count', () => {
    const silent = said('grad', { activations: [0, 0], layer: 'conv1', maps: { grad: [0, 0] } });
    expect(silent.text).toBe('Layer conv1 gives 0 everywhere for this input.');
    expect(silent.remedy).toEqual({ label: 'Show conv2', suggested: 'layer' });
    expect(said('grad', { maps: { grad: [0, 0] } })).toMatchObject({
      text: expect.stringMatching(/does not depend on conv2/),
      remedy: null,
    });
  });

  it('is of a volume of zeros, or a gradient of zero', () => {
    expect(said('integrated', { input: [0, 0] }).text).toMatch(/is given 0 everywhere/);
    expect(said('gradient', {}).remedy).toMatchObject({ method: 'occlusion' });
    expect(said('guided', {}).text).toMatch(/ReLUs hand on only what is positive/);
    expect(said('occlusion', {}).remedy).toBeNull();
  });
});
