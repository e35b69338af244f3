import { expect, it } from 'vitest';
import { createAppStores } from './stores.ts';
import { fakeExplanation, fakeModel, fakeOpened, FakeServices, settle } from './testing/fakes.ts';

const EMBEDDING = [
  { name: 'embedding', shape: [3], target: 'class', removed: null, embedding: true },
] as const;

it('compares the volume shown with other opened ones, as the network sees them', async () => {
  const services = new FakeServices();
  const app = createAppStores(() => services);
  void app.actions.openNetwork([new File([], 'net.onnx')]);
  await settle();
  services.engine.loads.last.answer(fakeModel('net', { outputs: EMBEDDING }));
  await settle();
  for (const name of ['a.mrc', 'b.mrc']) {
    void app.actions.openVolumes([{ name, source: new Blob(), origin: 'file' }]);
    await settle();
    services.opens.last.answer([fakeOpened(name)]);
    await settle();
  }
  const { explains } = services.engine;
  const [first] = app.volumes.getState().items;
  const added = app.actions.addReferenceVolume(first.id);
  await settle();
  const { request, answer } = explains.last;
  expect(request).toMatchObject({ methods: [], target: { kind: 'value' } });
  answer(fakeExplanation({ ...request, layers: ['pool'] }));
  await added;
  const target = () => app.explain.getState().aim.target;
  expect(target()).toEqual({
    ...{ kind: 'similarity', names: ['a.mrc'] },
    reference: Float32Array.of(1, 3, 2),
  });
  app.actions.addReferenceVector('v.npy', Float32Array.of(4, 5, 6));
  app.actions.addReferenceVector('v.npy', Float32Array.of(4, 5, 6));
  expect(target()).toEqual({
    ...{ kind: 'similarity', names: ['a.mrc', 'v.npy'] },
    reference: Float32Array.of(1, 3, 2, 4, 5, 6),
  });
  app.actions.removeReference(0);
  expect(target()).toMatchObject({ names: ['v.npy'], reference: Float32Array.of(4, 5, 6) });
  app.actions.removeReference(0);
  expect(target()).toBeNull();
  app.history.undo();
  expect(target()).toMatchObject({ names: ['v.npy'] });
});
