import { describe, expect, it } from 'vitest';
import { applySteps, exportedSidecar, readSteps, stepsWords, writtenSidecar } from './index.ts';

/** Two channels of four voxels; what NumPy makes of them. */
const DATA = Float32Array.of(1, -2, 3, 5, -7, 0.5, 2, 4);

function applied(...written: Parameters<typeof readSteps>[0]) {
  const { steps, refused } = readSteps(written);
  expect(refused).toBeNull();
  return [...applySteps(DATA, steps ?? [], 2)];
}

const close = (actual: readonly number[], expected: readonly number[]) => {
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i], 5);
};

describe('preprocessing in the words of bioimage.io', () => {
  it('by statistics of all values, or of each channel', () => {
    close(
      applied({ id: 'zero_mean_unit_variance' }),
      [0.0522629, -0.7839434, 0.6097337, 1.1672046, -2.1776204, -0.0871048, 0.3309983, 0.8884691],
    );
    const apart = [
      ...[0.3155971, -1.3877501, 0.8205525, 1.1191533],
      ...[-1.7042245, -0.4924275, 0.5680748, 0.7610243],
    ];
    close(applied({ name: 'zero_mean_unit_variance', kwargs: { axes: 'xyz' } }), apart);
    close(applied({ id: 'zero_mean_unit_variance', kwargs: { axes: ['y', 'x'] } }), apart);
  });

  it('by percentiles', () => {
    close(
      applied({ id: 'scale_range', kwargs: { min_percentile: 10, max_percentile: 90 } }),
      [0.576923, 0.1923077, 0.8333332, 1.0897435, -0.4487179, 0.5128205, 0.7051281, 0.9615383],
    );
  });

  it.each([
    ['median', [-1.1550103, -0.6788992]],
    ['deviation', [-1.1554526]],
  ] as const)('by the middle of the slices, as Ais does: %s', (spread, expected) => {
    // NumPy on [:, 1:4, 1:4] of the array.
    const values = Float32Array.from({ length: 50 }, (_, i) => (i % 7) ** 2 + (i % 3));
    const written = [{ id: 'middle_zero_mean_unit_variance', kwargs: { spread, eps: 1e-7 } }];
    const out = applySteps(values, readSteps(written).steps!, 1, [2, 5, 5]);
    close([out[0], out[2]].slice(0, expected.length), expected);
  });

  it('by numbers, of all channels or each', () => {
    close(
      applied({ id: 'scale_linear', kwargs: { axis: 'channel', gain: [2, 10], offset: 1 } }),
      [3, -19, 7, 51, -13, 6, 5, 41],
    );
    close(
      applied({ name: 'zero_mean_unit_variance', kwargs: { mode: 'fixed', mean: 1, std: 2 } }),
      [0, -1.5, 1, 2, -4, -0.25, 0.5, 1.5],
    );
    close(
      applied(
        { id: 'clip', kwargs: { min: -1, max: 3 } },
        { id: 'binarize', kwargs: { threshold: 0 } },
      ),
      [1, 0, 1, 1, 0, 1, 1, 1],
    );
    close(applied({ id: 'ensure_dtype', kwargs: { dtype: 'float32' } }), [...DATA]);
    close(applied({ id: 'sigmoid' }).slice(0, 1), [0.7310586]);
  });

  it.each([
    [{ id: 'scale_mean_variance', kwargs: { reference_tensor: 'x' } }, /step scale_mean_variance/],
    [{ id: 'scale_range', kwargs: { reference_tensor: 'x' } }, /needs another tensor/],
    [{ id: 'scale_range', kwargs: { axes: ['z'] } }, /along the axes z/],
    [{ id: 'scale_range', kwargs: { min_percentile: 60, max_percentile: 40 } }, /60 and 40/],
    [{ id: 'scale_linear', kwargs: { gain: 'much' } }, /its gain is no number/],
    [{ id: 'fixed_zero_mean_unit_variance' }, /its mean is no number/],
  ])('is left alone as a whole where a step is not carried out: %o', (step, message) => {
    const { steps, refused } = readSteps([{ id: 'clip', kwargs: { min: 0 } }, step]);
    expect(steps).toBeNull();
    expect(refused).toMatch(message);
  });

  it('is written as it was read, and said', () => {
    const written = [
      { id: 'scale_range', kwargs: { min_percentile: 1, max_percentile: 99.8, eps: 1e-6 } },
      { id: 'clip', kwargs: { min: 0, max: 1 } },
    ];
    const { steps } = readSteps(written);
    const sidecar = { normalization: 'preprocessing', steps: steps!, title: 'net' } as const;
    const file = { title: 'net', preprocessing: written };
    expect(writtenSidecar(sidecar)).toEqual(file);
    expect(exportedSidecar(sidecar)).toEqual(file);
    expect(stepsWords(steps!)).toBe('from percentiles 1 and 99.8 to 0..1, then clipped to 0..1');
    expect(writtenSidecar({ normalization: 'imagenet' })).toEqual({ normalization: 'imagenet' });
    expect(exportedSidecar({ normalization: 'imagenet' })).toMatchObject({
      normalization: 'imagenet',
      preprocessing: [
        { id: 'scale_linear' },
        { id: 'fixed_zero_mean_unit_variance', kwargs: { axis: 'channel' } },
      ],
    });
    expect(exportedSidecar({ normalization: 'caffe' })).toEqual({ normalization: 'caffe' });
    expect(exportedSidecar({})).toEqual({});
  });
});
