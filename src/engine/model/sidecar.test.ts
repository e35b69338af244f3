import { expect, it } from 'vitest';
import { readSidecar, sidecarOf } from './sidecar.ts';
import type { ModelFiles } from './source.ts';

function beside(document: object): ModelFiles {
  return {
    label: 'net.onnx',
    main: 'net.onnx',
    labels: { given: false, files: [] },
    nameOf: (path) => path,
    read: async (path) =>
      path === 'net.respond-cam.json' ? new TextEncoder().encode(JSON.stringify(document)) : null,
  };
}

it('lies beside the file of a network under its name', () => {
  expect(sidecarOf('model.json')).toBe('respond-cam.json');
  expect(sidecarOf('a.b.onnx')).toBe('a.b.respond-cam.json');
});

it("takes bioimage.io's word for a normalisation that is not named", async () => {
  const preprocessing = [{ name: 'ensure_dtype', kwargs: {} }, { name: 'zero_mean_unit_variance' }];
  const read = async (document: object) => (await readSidecar(beside(document), {})).sidecar;
  expect((await read({ preprocessing })).normalization).toBe('zscore');
  expect((await read({ preprocessing, normalization: 'none' })).normalization).toBe('none');
  await expect(read({ preprocessing: [{}] })).rejects.toThrow(/preprocessing/);
});

it('understands the steps of a preprocessing, or says which it does not', async () => {
  const range = { id: 'scale_range', kwargs: { min_percentile: 1, max_percentile: 99 } };
  const { sidecar } = await readSidecar(beside({ preprocessing: [range] }), {});
  expect(sidecar).toMatchObject({
    normalization: 'preprocessing',
    steps: [{ id: 'scale_range', low: 1, high: 99 }],
  });
  const other = await readSidecar(beside({ preprocessing: [range, { id: 'warp' }] }), {});
  expect(other.sidecar.normalization).toBeUndefined();
  expect(other.notes[0]).toMatch(/the preprocessing is left out, because its step warp is not/);
  expect((await readSidecar(beside({ preprocessing: [] }), {})).sidecar.normalization).toBe('none');
});
