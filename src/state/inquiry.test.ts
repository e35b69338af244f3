import { describe, expect, it } from 'vitest';
import { boxCentre } from '../core/volume/index.ts';
import { createAppStores } from './stores.ts';
import { fakeExplanation, fakeModel, fakeOpened, FakeServices, settle } from './testing/fakes.ts';
import { stripSubject } from './actions/layerStrip.ts';
import { paintedOn } from './occlusion.ts';

/** The app with a volume that was explained. */
async function explained() {
  const services = new FakeServices();
  const app = createAppStores(() => services);
  void app.actions.openNetwork([new File([], 'net.onnx')]);
  await settle();
  services.engine.loads.last.answer(fakeModel());
  await settle();
  void app.actions.openVolumes([{ name: 'a.mrc', source: new Blob(), origin: 'file' }]);
  await settle();
  services.opens.last.answer([fakeOpened('a.mrc')]);
  await settle();
  const { explains } = services.engine;
  explains.last.answer(fakeExplanation(explains.last.request));
  await settle();
  return { app, explains, services };
}

describe('what is asked beside the explanation', () => {
  it('explains all layers of the strip at once, and remembers them', async () => {
    const { app, explains } = await explained();
    void app.actions.exploreLayers();
    await settle();
    expect(app.layerStrip.getState().status).toBe('running');
    const { request, answer } = explains.last;
    expect(request).toMatchObject({
      ...{ layers: ['conv1', 'pool'], classes: [1], methods: ['respond'] },
    });
    answer(fakeExplanation(request));
    await settle();
    const { status, found, key } = app.layerStrip.getState();
    expect([status, key]).toEqual(['ready', stripSubject(app.explain.getState())?.key]);
    expect(found?.map(({ layer }) => layer)).toEqual(['conv1']);
    const asked = explains.calls.length;
    await app.actions.exploreLayers();
    expect(explains.calls).toHaveLength(asked);
  });

  it('gives way to an explanation that is asked for meanwhile', async () => {
    const { app, explains } = await explained();
    void app.actions.exploreLayers();
    await settle();
    const { options } = explains.last;
    app.actions.chooseLayer('conv1');
    await settle();
    expect(options.signal?.aborted).toBe(true);
    expect(app.layerStrip.getState().status).toBe('idle');
    expect(stripSubject(app.explain.getState())).toBeNull();
  });

  it('hides a part of the volume and asks again', async () => {
    const { app, services } = await explained();
    const hidden = app.actions.occlude({ kind: 'top', share: 0.25, method: 'respond' }, false);
    await settle();
    const { request, answer } = services.engine.occluded.last;
    expect(request).toMatchObject({ part: { kind: 'top', share: 0.25 }, only: false });
    answer({ scores: Float32Array.of(5, 1, 0), share: 0.25 });
    expect(await hidden).toMatchObject({ before: 3, after: 1, predicted: 0, share: 0.25 });
  });

  it('hides what was painted on the volume shown, and takes strokes back', async () => {
    const { app, services } = await explained();
    const { actions, history, occlusion } = app;
    const { volume } = app.explain.getState().answer!.prepared;
    const centre = boxCentre(volume);
    const painted = () => paintedOn(occlusion.getState(), app.volumes.getState().currentId, volume);
    const stroke = () => {
      actions.paint(volume, { from: centre, to: centre, section: null });
      actions.restBrush();
    };
    expect(await actions.occlude({ kind: 'painted' }, false)).toBeNull();
    actions.chooseBrush({ tip: 'ball', radius: 1.5 * volume.voxelSize[0] });
    actions.paint(volume, { from: centre, to: centre, section: null });
    expect(painted()!.rested).toBeNull();
    actions.restBrush();
    const { count, rested: marks } = painted()!;
    expect(count).toBeGreaterThan(6);
    const hidden = actions.occlude({ kind: 'painted' }, false);
    await settle();
    const { request, answer } = services.engine.occluded.last;
    expect(request.part).toEqual({ kind: 'painted', marks });
    answer({ scores: Float32Array.of(1, 0, 0), share: 0.1 });
    expect(await hidden).toMatchObject({ share: 0.1 });
    expect(occlusion.getState().tries).toMatchObject([
      { hidden: { kind: 'painted' }, part: { marks }, only: false },
    ]);
    expect(paintedOn(occlusion.getState(), 'another', volume)).toBeNull();

    actions.chooseBrush({ radius: 3 * volume.voxelSize[0] });
    stroke();
    expect(painted()!.count).toBeGreaterThan(count);
    history.undo();
    expect(painted()).toMatchObject({ count, rested: marks });
    history.redo();
    actions.chooseBrush({ tip: 'erase', radius: 1000 });
    stroke();
    expect(painted()).toBeNull();
    history.undo();
    history.undo();
    expect(painted()!.rested).toBe(marks);
    actions.clearPaint();
    expect(painted()).toBeNull();
    history.undo();
    expect(painted()!.data.reduce((sum, one) => sum + one, 0)).toBe(count);
    history.undo();
    expect(painted()).toBeNull();
  });

  it('says why there is no answer, and asks again', async () => {
    const { app, explains } = await explained();
    void app.actions.exploreLayers();
    await settle();
    explains.last.fail(new Error('no memory'));
    await settle();
    expect(app.layerStrip.getState()).toMatchObject({ status: 'error', found: null });
    const asked = explains.calls.length;
    void app.actions.exploreLayers();
    await settle();
    expect(explains.calls).toHaveLength(asked + 1);
  });
});
