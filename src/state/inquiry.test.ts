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
    const { request, answer } = services.engine.scored.last;
    const { input } = app.explain.getState().answer!.prepared;
    const changed = request.inputs[0].filter((value, i) => value !== input[i]).length;
    expect(changed / input.length).toBeGreaterThanOrEqual(0.2);
    answer([Float32Array.of(5, 1, 0)]);
    expect(await hidden).toMatchObject({ before: 3, after: 1, predicted: 0 });
  });

  it('hides what was painted on the volume shown, and nothing on another one', async () => {
    const { app, services } = await explained();
    const { actions, occlusion } = app;
    const { volume, input } = app.explain.getState().answer!.prepared;
    const centre = boxCentre(volume);
    expect(await actions.occlude({ kind: 'painted' }, false)).toBeNull();
    actions.chooseBrush({ tip: 'ball', radius: 2 * volume.voxelSize[0] });
    actions.paint(volume, { from: centre, to: centre, section: null });
    const { count, rested } = occlusion.getState().painted!;
    expect(count).toBeGreaterThan(6);
    expect(rested).toBeNull();
    actions.restBrush();
    const hidden = actions.occlude({ kind: 'painted' }, false);
    await settle();
    const { request, answer } = services.engine.scored.last;
    const changed = request.inputs[0].filter((value, i) => value !== input[i]).length;
    expect(changed).toBeLessThanOrEqual(count);
    expect(changed).toBeGreaterThan(0);
    answer([Float32Array.of(1, 0, 0)]);
    expect(await hidden).toMatchObject({ share: count / input.length });
    expect(occlusion.getState().tries).toMatchObject([
      { hidden: { kind: 'painted' }, only: false },
    ]);
    expect(paintedOn(occlusion.getState(), 'another', volume)).toBeNull();
    actions.chooseBrush({ tip: 'erase', radius: 1000 });
    actions.paint(volume, { from: centre, to: centre, section: null });
    actions.restBrush();
    expect(occlusion.getState().painted).toMatchObject({ count: 0, rested: null });
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
