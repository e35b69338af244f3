import { beforeEach, describe, expect, it } from 'vitest';
import { componentsOf, planTiles, tilingOf } from '../core/segmentation/index.ts';
import type { Segmentation } from '../engine/types.ts';
import { DEFAULT_AIM } from './aim.ts';
import { pickedAt, placeInside } from './segmentation.ts';
import { type AppStores, createAppStores } from './stores.ts';
import {
  BOX,
  FakeServices,
  fakeExplanation,
  fakeModel,
  fakeOpened,
  fakeVolume,
  settle,
} from './testing/fakes.ts';

const SIZE = 10;
const dense = fakeModel('dense', {
  outputs: [
    {
      name: 'map',
      shape: [BOX, BOX, BOX, 3],
      target: 'segmentation',
      removed: null,
      embedding: false,
    },
  ],
  classes: ['background', 'ribosome', 'membrane'],
  sidecar: { normalization: 'zscore', tiling: { mirror: [0, 1, 2] } },
});

/** A box of 2 x 2 x 3 voxels of label 1 and one voxel of label 2. */
function segmentation(): Segmentation {
  const labels = new Uint8Array(SIZE ** 3);
  const set = (z: number, y: number, x: number, label: number) => {
    labels[(z * SIZE + y) * SIZE + x] = label;
  };
  for (const z of [6, 7]) for (const y of [1, 2]) for (const x of [4, 5, 6]) set(z, y, x, 1);
  set(0, 9, 9, 2);
  const certainty = labels.map((label) => (label > 0 ? 204 : 0));
  const tiling = tilingOf(undefined);
  const found = { shape: [SIZE, SIZE, SIZE] as const, labels, certainty, members: null, shared: 0 };
  return {
    ...found,
    components: componentsOf(found),
    channels: [1, 2],
    meaning: { channels: 3, independent: false, background: 0, probabilities: false },
    probabilities: null,
    plan: planTiles([SIZE, SIZE, SIZE], [BOX, BOX, BOX], [BOX, BOX, BOX], tiling),
    tiling,
    backend: 'cpu',
    milliseconds: 1,
  };
}

describe('a volume that is segmented', () => {
  let services: FakeServices;
  let app: AppStores;
  const current = () => {
    const { items, currentId } = app.volumes.getState();
    return items.find(({ id }) => id === currentId)!;
  };

  beforeEach(async () => {
    services = new FakeServices();
    app = createAppStores(() => services);
    const volume = app.actions.openVolumes([{ name: 'tomogram', source: 'a', origin: 'url' }]);
    services.opens.last.answer([fakeOpened('tomogram', fakeVolume(SIZE))]);
    await volume;
    const network = app.actions.loadNetwork({ kind: 'url', url: 'dense', id: 'dense' });
    services.engine.loads.last.answer(dense);
    await network;
  });

  async function segmented() {
    const run = app.actions.segment();
    await settle();
    services.engine.segments.last.answer(segmentation());
    await run;
  }

  it('is normalised as a whole and run without mirrors until they are asked for', async () => {
    await segmented();
    const { request } = services.engine.segments.last;
    expect(request).toMatchObject({ shape: [SIZE, SIZE, SIZE], tiling: {} });
    expect(request.tiling).not.toHaveProperty('mirror');
    expect(request.input.reduce((a, b) => a + b) / SIZE ** 3).toBeCloseTo(0, 5);
    expect(app.segmentation.getState().result?.item.name).toBe('tomogram');
    app.actions.chooseSegmentation({ mirror: true });
    await segmented();
    expect(services.engine.segments.last.request.tiling).toEqual({
      mirror: [0, 1, 2],
      exchange: [],
    });
  });

  it('shows how far it is, and stops', async () => {
    const run = app.actions.segment();
    await settle();
    services.engine.segments.last.options.onProgress?.({ stage: 'Segmenting', fraction: 0.5 });
    expect(app.segmentation.getState().progress?.fraction).toBe(0.5);
    app.actions.cancelSegmentation();
    await run;
    expect(app.segmentation.getState()).toMatchObject({ status: 'idle', progress: null });
    const again = app.actions.segment();
    await settle();
    services.engine.segments.last.fail(new Error('no memory'));
    await again;
    expect(app.segmentation.getState()).toMatchObject({ status: 'error', error: 'no memory' });
  });

  it('is read for other tiles by a network that takes any size, and keeps them', async () => {
    const { loads } = services.engine;
    await app.actions.chooseTile([6, 6, 8]);
    expect(loads.calls).toHaveLength(1);
    const declared = { ...dense.inputDeclared, open: true } as const;
    const again = app.actions.loadNetwork({ kind: 'url', url: 'open', id: 'open' });
    expect(loads.last.request).toMatchObject({ inputShape: [SIZE, SIZE, SIZE], tiles: true });
    loads.last.answer({ ...dense, id: 'open', inputDeclared: declared });
    await again;
    const chosen = app.actions.chooseTile([6, 6, 8]);
    expect(loads.last.request).toMatchObject({ id: 'open', inputShape: [6, 6, 8] });
    expect(loads.last.request.tiles).toBeUndefined();
    loads.last.answer({
      ...dense,
      id: 'open',
      inputDeclared: declared,
      inputShape: [6, 6, 8, 1],
    });
    await chosen;
    await settle();
    expect(loads.calls).toHaveLength(3);
  });

  it('picks what lies at the crosshair, and next to a click on a surface', async () => {
    await segmented();
    const state = app.segmentation.getState();
    expect(app.view.getState().crosshair).toEqual([50, 10, 60]);
    expect(pickedAt(state, [50, 10, 60])).toMatchObject({ label: 1, component: { id: 1 } });
    expect(pickedAt(state, [0, 0, 0])).toMatchObject({ label: 0, component: null });
    expect(placeInside(state.result!, [75, 10, 60])).toEqual([60, 10, 60]);
    expect(placeInside(state.result!, [0, 0, 0])).toEqual([0, 0, 0]);
    app.actions.goToComponent(2);
    expect(app.view.getState().crosshair).toEqual([90, 90, 0]);
    app.actions.stepComponent(1);
    expect(app.segmentation.getState().chosen).toBe(1);
  });

  it('explains a component over its voxels in the tile around it, and goes back', async () => {
    await segmented();
    const looked = app.view.getState().crosshair;
    app.actions.explainComponent(1);
    await settle();
    const tile = current();
    expect(app.view.getState().crosshair).toEqual([50, 10, 60]);
    expect(tile).toMatchObject({
      name: 'Tile of tomogram',
      tile: { words: 'component 1: why ribosome?' },
    });
    expect(tile.volume).toMatchObject({ shape: [BOX, BOX, BOX], origin: [30, 0, 40] });
    const { request } = services.engine.explains.last;
    const { input } = app.segmentation.getState().result!;
    expect(request.input[0]).toBe(input[(4 * SIZE + 0) * SIZE + 3]);
    expect(request.target).toMatchObject({ kind: 'segmentation', region: { kind: 'mask' } });
    const { region } = request.target as { region: { voxels: Uint8Array } };
    expect(region.voxels.filter((voxel) => voxel === 1)).toHaveLength(12);
    expect(app.explain.getState().classIndex).toBe(1);
    // Its voxels are marked where they lie in the whole volume.
    services.engine.explains.last.answer(fakeExplanation(request));
    await settle();
    const { marked } = app.display.getState().columns[0];
    expect(marked).toMatchObject({ shape: [BOX, BOX, BOX], origin: [30, 0, 40] });
    expect(marked?.data).toEqual(region.voxels);
    app.actions.leaveTile();
    expect(current().name).toBe('tomogram');
    expect(app.view.getState().crosshair).toEqual(looked);
    expect(app.explain.getState()).toMatchObject({ aim: DEFAULT_AIM, classIndex: null });
    app.actions.explainVoxel([0, 0, 0], 2);
    await settle();
    expect(app.volumes.getState().items.filter((item) => item.tile)).toHaveLength(1);
    expect(services.engine.explains.last.request.target).toEqual({
      kind: 'segmentation',
      region: { kind: 'ball', centre: [0, 0, 0], radius: 0 },
    });
    expect(app.explain.getState().classIndex).toBe(2);
  });

  it('says so where the network is another one by now, and forgets a closed volume', async () => {
    await segmented();
    const loading = app.actions.loadNetwork({ kind: 'url', url: 'other', id: 'other' });
    services.engine.loads.last.answer(fakeModel('other'));
    await loading;
    app.actions.explainComponent(1);
    expect(app.notices.getState().items.at(-1)?.text).toMatch(
      /^The segmentation is Network dense’s/,
    );
    app.actions.removeVolume(current().id);
    expect(app.segmentation.getState().result).toBeNull();
  });
});
