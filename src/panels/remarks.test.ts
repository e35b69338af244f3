import { describe, expect, it } from 'vitest';
import type { ShownMap } from '../state/index.ts';
import { contourNote } from './contourNote.ts';
import { inputChanges } from './inputChanges.ts';
import { type RemarkSources, remarksOf } from './remarks.ts';

const grid = (side: number, voxel: number) => ({
  shape: [side, side, side] as const,
  voxelSize: [voxel, voxel, voxel] as const,
  voxelSizeKnown: true,
  origin: [0, 0, 0] as const,
});
const map = (...values: number[]) => ({
  data: Float32Array.from(values),
  sum: values.reduce((a, b) => a + b, 0),
  min: Math.min(...values),
  max: Math.max(...values),
});
const shown = (shared: boolean, ...values: number[]) =>
  ({
    shared,
    method: 'grad',
    map: map(...values),
    heatmap: map(...values),
    drawn: map(...values),
    limit: 10,
    levels: [1, 5],
  }) as unknown as ShownMap;

describe('what was done to a volume', () => {
  const usual = {
    invert: false,
    fit: 'none',
    normalization: 'model',
    voxelScale: 1,
    section: null,
  } as const;
  it('is said in a few words, each with the way back', () => {
    const options = {
      invert: true,
      fit: 'resample',
      normalization: 'zscore',
      voxelScale: 1,
      section: null,
    } as const;
    expect(inputChanges(grid(20, 22), options, grid(40, 10))).toEqual([
      { text: 'resampled', detail: '2.2 nm → 1 nm', undo: { fit: 'none' } },
      { text: 'inverted', detail: '', undo: { invert: false } },
      { text: 'z-scored', detail: '', undo: { normalization: 'model' } },
    ]);
    const scaled = { ...usual, fit: 'resample', voxelScale: 2 } as const;
    expect(inputChanges(grid(20, 22), scaled, grid(40, 5))).toEqual([
      { text: 'resampled', detail: '2.2 nm → 1 nm', undo: { fit: 'none' } },
      { text: 'enlarged', detail: '2×', undo: { voxelScale: 1 } },
    ]);
    const cropped = inputChanges(grid(48, 10), { ...usual, fit: 'crop' }, grid(40, 10));
    expect(cropped).toMatchObject([{ text: 'cropped', detail: '48³ → 40³' }]);
    const unsized = { ...grid(80, 1), voxelSizeKnown: false };
    const stretched = inputChanges(unsized, { ...usual, fit: 'resample' }, grid(40, 2));
    expect(stretched).toMatchObject([{ text: 'stretched', detail: '80³ → 40³' }]);
  });
  it('is nothing for options that changed nothing', () => {
    expect(inputChanges(grid(40, 10), usual, null)).toEqual([]);
    expect(inputChanges(grid(40, 10), { ...usual, fit: 'resample' }, grid(40, 10))).toEqual([]);
  });
});

describe('a column without a contour', () => {
  it('says why, by scale and sign', () => {
    expect(contourNote(shown(true, -0.5, 0.9), 'both', 'Grad-CAM')).toBe(
      'Grad-CAM reaches no contour on the shared scale (±10): the lowest is ±1, it runs from −0.5 to +0.9.',
    );
    expect(contourNote(shown(true, -4, 0.9), 'both', 'Grad-CAM')).toBeNull();
    expect(contourNote(shown(false, -4, 0.9), 'positive', 'Grad-CAM')).toMatch(/lowest is \+1/);
    expect(contourNote(shown(true, -4, 0.9), 'negative', 'Grad-CAM')).toBeNull();
  });
});

describe('remarks', () => {
  const sources = (change: object): RemarkSources =>
    ({
      volumes: { items: [], currentId: null, options: {} },
      network: { model: null, catalogue: [], chosenId: null },
      display: { columns: [], answer: null, stale: false },
      ...change,
    }) as unknown as RemarkSources;
  const dark = { min: -9, max: 1, mean: 0, std: 1 };
  const item = { id: 'a', stats: dark, volume: grid(40, 10) };
  const model = { title: 'Net', sidecar: { contrast: 'bright', voxelSize: 10 } };

  it('asks about contrast until it is inverted, and again when that made it worse', () => {
    const volumes = { items: [item], currentId: 'a', options: {} };
    const network = { model, catalogue: [], chosenId: null };
    const [remark] = remarksOf(sources({ volumes, network }));
    expect(remark).toMatchObject({ id: 'contrast', remedy: { label: 'Invert contrast' } });
    expect(remark.text).toBe('The network expects bright molecules; here they look dark.');
    const invert = {
      a: { invert: true, fit: 'none', normalization: 'model', voxelScale: 1, section: null },
    };
    expect(remarksOf(sources({ volumes: { ...volumes, options: invert }, network }))).toEqual([]);
    const wrong = { ...model, sidecar: { contrast: 'dark' } };
    const [back] = remarksOf(
      sources({ volumes: { ...volumes, options: invert }, network: { ...network, model: wrong } }),
    );
    expect(back).toMatchObject({ remedy: { label: 'Do not invert' } });
  });

  it('warns of sums in which large parts cancel', () => {
    const answer = { item: { name: 'a.mrc' }, model: { title: 'net', classes: [] } };
    const columns = (...maps: ShownMap[]) =>
      maps.map((one, i) => ({ id: `p${i}`, panel: {}, answer, shown: one }));
    const display = { columns: columns(shown(true, 31.8, -29.4), shown(true, 3, -1)) };
    const [remark] = remarksOf(sources({ display }));
    expect(remark.text).toMatch(/^In the map “Grad-CAM, panel 0” .* 2[56] times the sum/);
    const [whole] = remarksOf(sources({ display: { columns: columns(shown(true, 1, -0.9999)) } }));
    expect(whole.text).toContain('they are far more than the sum');
    const fine = { columns: columns(shown(true, 3, -1)) };
    expect(remarksOf(sources({ display: fine }))).toEqual([]);
  });

  it('says once how an input differs from the training data, with the way out', () => {
    const at = (sigma: number) => {
      const input = Float32Array.from({ length: 512 }, (_, i) => sigma + Math.sin(7 * i));
      const prepared = { input, inputShape: [8, 8, 8, 1], volume: { data: input } };
      const sidecar = { normalization: 'unit-variance' };
      const model = { sidecar, inputShape: [8, 8, 8, 1], defaultLayer: 'pool' };
      const answer = { model, prepared, result: { channelMeans: null } };
      const display = { columns: [], answer, stale: false };
      return remarksOf(sources({ display }));
    };
    expect(at(0)).toEqual([]);
    expect(at(7)).toMatchObject([{ id: 'domain', remedy: { label: 'Shift the mean to 0' } }]);
    expect(at(7)[0].text).toMatch(/^The mean lies 9\.\d+ sigma from 0/);
  });

  it('names the network and the layer of maps that are not the ones asked for', () => {
    const answer = { model: { title: 'Old net' }, result: { layers: [{ name: 'pool' }] } };
    const display = { columns: [], answer, stale: true };
    expect(remarksOf(sources({ display }))[0].text).toMatch(/^Still shown: Old net, layer pool\./);
  });
});
