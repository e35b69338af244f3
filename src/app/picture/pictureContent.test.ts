import { describe, expect, it } from 'vitest';
import type { CamMethod } from '../../core/cam/types.ts';
import type { SourceVolume } from '../../core/volume/types.ts';
import { mapPanel } from '../../core/session/index.ts';
import { INITIAL_VIEW, type MapColumn, type ShownMap } from '../../state/index.ts';
import { type PictureSources, pictureContent } from './pictureContent.ts';

const volume: SourceVolume<Float32Array> = {
  data: Float32Array.of(-2, -1, 0, 1, 0, 0, 0, 0),
  shape: [2, 2, 2],
  voxelSize: [10, 10, 10],
  voxelSizeKnown: true,
  origin: [0, 0, 0],
};

const shown = (method: CamMethod, sum: number): ShownMap => ({
  method,
  classIndex: 1,
  layer: 'maxpool2',
  map: { data: volume.data, sum, min: -2, max: 1 },
  gridShape: [2, 2, 2],
  heatmap: volume,
  drawn: volume,
  peak: 2,
  limit: 2,
  minus: null,
  shared: true,
  levels: [0.2, 1],
});

const item = { id: 'a', name: 'particle 7.mrc.gz', volume };
const answer = {
  item,
  model: { id: 'cnn-2-inf', title: 'CNN-2', classes: ['A', 'B/b'] },
  result: { scores: [1, 4.5], probabilities: [0.03, 0.97], backend: 'wasm' },
};

const density = { volume, colour: null, inputIso: -0.6 };
const column = (id: string, map: ShownMap) =>
  ({ ...density, id, panel: mapPanel(id, map.method), answer, shown: map }) as unknown as MapColumn;
const maps = [column('p1', shown('grad', -3)), column('p2', shown('respond', 4.4))];

const sources = (change: Partial<PictureSources> = {}) =>
  ({
    volumes: { items: [item], currentId: 'a', options: {} },
    view: { ...INITIAL_VIEW, crosshair: [10, 0, 10] },
    display: {
      ...density,
      columns: [{ ...density, id: 'input', panel: null, answer, shown: null }, ...maps],
      scales: [maps],
      answer,
    },
    ...change,
  }) as unknown as PictureSources;

describe('pictureContent', () => {
  it('names volume, class, score, layer, network, methods and sums', () => {
    const picture = pictureContent(sources())!;
    expect(picture.title).toBe('particle 7.mrc.gz');
    expect(picture.facts).toEqual(['Class B/b', 'score 4.5', 'p 0.97', 'layer maxpool2', 'CNN-2']);
    expect(picture.columns.map(({ title, detail }) => `${title} ${detail}`)).toEqual([
      'Input ',
      'Grad-CAM Σ −3',
      'Respond-CAM Σ +4.4',
    ]);
    expect(picture.notes.levels).toBe('Contours at ± 10, 30, 50, 70, 90% of the maximum');
    expect(picture.name).toBe('particle-7.maxpool2.B-b');
  });

  it('says what is outlined', () => {
    const { display } = sources();
    const marked = { ...volume, data: new Uint8Array(volume.data.length) };
    const columns = display.columns.map((one) => ({ ...one, marked }));
    const { notes, columns: drawn } = pictureContent(
      sources({ display: { ...display, columns } }),
    )!;
    expect(notes.levels).toMatch(/of the maximum; white outline: what is explained$/);
    expect(drawn[1].slices.marked).toBe(marked);
  });

  it('says neither class twice nor a rounded probability of 1', () => {
    const { display } = sources();
    const sure = {
      ...display.answer!,
      model: { ...display.answer!.model, classes: ['class 0', 'class 1'] },
      result: { ...display.answer!.result, probabilities: Float32Array.of(1e-4, 0.9999) },
    };
    const facts = pictureContent(
      sources({
        display: {
          ...display,
          answer: sure,
          columns: display.columns.map((one) => ({ ...one, answer: sure })),
        },
      }),
    )!.facts;
    expect(facts.slice(0, 3)).toEqual(['Class 1', 'score 4.5', 'p >0.99']);
  });

  it('carries its provenance as readable text and as JSON', () => {
    const { texts } = pictureContent(sources())!;
    expect(texts.Software).toMatch(/^Respond-CAM \d+\.\d+\.\d+$/);
    const record = JSON.parse(texts['Respond-CAM']);
    expect(record.class).toEqual({ index: 1, name: 'B/b', score: 4.5 });
    expect(record.network.layer).toBe('maxpool2');
    expect(record.maps[1]).toMatchObject({ method: 'respond', sum: 4.4, levels: [0.2, 1] });
    expect(record.volume.voxelSizeA).toEqual([10, 10, 10]);
  });

  it('measures in voxels where nothing gives their size', () => {
    const display = { ...sources().display, volume: { ...volume, voxelSizeKnown: false } };
    const picture = pictureContent(sources({ display: display as PictureSources['display'] }))!;
    expect(picture.view.lengthUnit).toBe('voxels');
    expect(JSON.parse(picture.texts['Respond-CAM']).volume.voxelSizeA).toBeNull();
  });

  it('has one colour bar for a shared scale and one for each map on its own', () => {
    expect(pictureContent(sources())!.colorBars).toHaveLength(1);
    const own = { ...sources().display, scales: maps.map((one) => [one]) };
    const bars = pictureContent(sources({ display: own }))!.colorBars;
    expect(bars.map(({ caption }) => caption)).toEqual(['Grad-CAM', 'Respond-CAM']);
  });

  it('is nothing while nothing is explained', () => {
    const { display } = sources();
    expect(
      pictureContent(sources({ display: { ...display, columns: [], scales: [] } })),
    ).toBeNull();
  });
});
