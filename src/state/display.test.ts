import { describe, expect, it } from 'vitest';
import { enclosedMass, heatmapBasis } from '../core/color/index.ts';
import { absoluteLevels, sharedScale } from './display.ts';
import { withMaps } from './moreMaps.ts';
import { createAppStores } from './stores.ts';
import {
  FakeServices,
  fakeExplanation,
  fakeModel,
  fakeOpened,
  mapsIn,
  pairOf,
  settle,
} from './testing/fakes.ts';

async function explained() {
  const services = new FakeServices();
  const app = createAppStores(() => services);
  const opening = app.actions.openVolumes([{ name: 'a', source: 'a', origin: 'file' }]);
  services.opens.last.answer([fakeOpened('a')]);
  await opening;
  const loading = app.actions.loadNetwork({ kind: 'url', url: 'n', id: 'n' });
  services.engine.loads.last.answer(fakeModel('n'));
  await loading;
  await settle();
  const { last } = services.engine.explains;
  last.answer(fakeExplanation(last.request));
  await settle();
  return app;
}

describe('what the columns show', () => {
  it('puts both maps on the grid of the input and on one scale', async () => {
    const app = await explained();
    const { volume } = app.display.getState();
    const [left, right] = mapsIn(app);
    // Class 1 is predicted: Grad-CAM's maximum is 2.01 (method 1), Respond-CAM's 2.
    expect(left?.peak).toBeCloseTo(2.01);
    expect(right?.peak).toBeCloseTo(2);
    expect([left?.limit, right?.limit]).toEqual([left?.peak, left?.peak]);
    expect(right?.levels).toEqual(left?.levels);
    expect(left?.levels.at(-1)).toBeCloseTo(0.9 * 2.01);
    expect(right?.heatmap).toMatchObject({ shape: volume?.shape, origin: volume?.origin });
    app.actions.setView({ scaleMode: 'own' });
    expect(mapsIn(app)[1]?.limit).toBeCloseTo(2);
  });

  it('takes out what all classes have in common, where all are explained', async () => {
    const app = await explained();
    app.actions.choosePreset('specific');
    // The fake's maps are 1, 2 and 3 by class, so the mean is the map of class 1 but for one voxel.
    const [whole, left] = mapsIn(app);
    expect(left).toMatchObject({ minus: 'mean', method: 'respond', classIndex: 1 });
    expect(Math.max(...left!.map.data.map(Math.abs))).toBeCloseTo(0, 6);
    expect(left!.limit).toBe(whole!.limit);
    app.explain.setState(({ answer }) => {
      const [layer] = answer!.result.layers;
      const layers = [{ ...layer, classes: layer.classes.slice(0, 2) }];
      return { answer: { ...answer!, result: { ...answer!.result, layers } } };
    });
    app.actions.chooseMethod('p1', 'grad');
    const { shown, own } = app.display.getState().columns[2];
    expect(shown).toBeNull();
    expect(own?.error).toMatch(/all of them are explained/);
  });

  it('gives maps of different units a scale each', async () => {
    const app = await explained();
    app.explain.setState(({ answer }) => {
      const request = { layers: ['pool'], classes: [1], methods: ['gradient'] } as never;
      const result = withMaps(answer!.result, fakeExplanation(request));
      return { answer: { ...answer!, result }, panels: pairOf('grad', 'gradient') };
    });
    const [left, right] = mapsIn(app);
    expect(app.display.getState().scales).toHaveLength(2);
    expect([left?.limit, right?.limit]).toEqual([left?.peak, right?.peak]);
    expect(right?.layer).toBe('input');
  });

  it('draws the voxels of the layer as blocks where a panel asks for them, and keeps the numbers', async () => {
    const app = await explained();
    const before = mapsIn(app)[1]!;
    expect(before.drawn).toBe(before.heatmap);
    app.actions.drawPanel('p2', 'voxels');
    const [left, right] = mapsIn(app);
    expect(left?.drawn).toBe(left?.heatmap);
    expect(right?.heatmap).toBe(before.heatmap);
    expect(right?.levels).toEqual(before.levels);
    // Each voxel of the layer, 2 to a side, is a block of 2 voxels of the input to a side.
    expect([...right!.drawn.data.subarray(0, 4)]).toEqual(
      [0, 0, 1, 1].map((i) => right!.map.data[i]),
    );
    app.history.undo();
    expect(mapsIn(app)[1]!.drawn).toBe(before.heatmap);
  });

  it('flips through the panels in one place', async () => {
    const app = await explained();
    const large = () => app.view.getState().maximised;
    app.actions.flipPanels();
    expect(large()).toBe('p1');
    app.actions.flipPanels();
    expect(large()).toBe('p2');
    app.actions.flipPanels();
    expect(large()).toBe('p1');
    // Another comparison is shown whole, also one that undo brings back.
    app.actions.choosePreset('difference');
    expect(large()).toBeNull();
    app.actions.flipPanels();
    app.history.undo();
    expect(large()).toBeNull();
  });

  it('is the same object until something it shows changes', async () => {
    const app = await explained();
    const before = app.display.getState();
    app.view.setState({ crosshair: [5, 5, 5], sliceMix: 'density' });
    expect(app.display.getState()).toBe(before);
    app.actions.setLevels({ unit: 'percent', values: [50] });
    const after = app.display.getState();
    expect(after).not.toBe(before);
    expect(after.columns[1].shown?.heatmap).toBe(before.columns[1].shown?.heatmap);
  });

  it('keeps the contours in place when the unit of the levels changes', async () => {
    const app = await explained();
    const before = mapsIn(app)[1]!.levels;
    for (const unit of ['sigma', 'absolute', 'percent'] as const) {
      app.actions.setLevelUnit(unit);
      const after = mapsIn(app)[1]!.levels;
      expect(after.map((level, i) => level / before[i])).toEqual(
        before.map(() => expect.closeTo(1, 5)),
      );
    }
  });
});

describe('scales and sides', () => {
  it('sorts levels, takes magnitudes and drops zero', () => {
    const basis = { ...heatmapBasis(8, 2), mass: enclosedMass([], 8) };
    expect(absoluteLevels({ unit: 'percent', values: [50, -25, 0] }, basis)).toEqual([2, 4]);
    expect(absoluteLevels({ unit: 'sigma', values: [3] }, basis)).toEqual([6]);
    expect(sharedScale([])).toEqual({ limit: 0, sigma: 0 });
  });
});
