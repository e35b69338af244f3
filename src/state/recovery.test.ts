import { beforeEach, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { type AppStores, createAppStores } from './stores.ts';
import {
  BACKEND,
  FakeServices,
  fakeExplanation,
  fakeModel,
  fakeOpened,
  fakeVolume,
  settle,
} from './testing/fakes.ts';

let services: FakeServices;
let app: AppStores;

beforeEach(() => {
  services = new FakeServices();
  app = createAppStores(() => services);
});

it('starts the engine again, and the network that failed with it, without a reload', async () => {
  const { engine } = services;
  engine.backend = async () => {
    throw new AppError('stopped', 'The computing thread stopped.');
  };
  await app.actions.startEngine();
  const loading = app.actions.loadNetwork({ kind: 'url', url: 'n', id: 'net' });
  engine.loads.last.fail(new AppError('stopped', 'The computing thread stopped.'));
  await loading;
  expect(app.engine.getState()).toMatchObject({ status: 'error', backend: null });
  expect(app.network.getState()).toMatchObject({ status: 'error', model: null });
  engine.backend = async () => BACKEND;
  const again = app.actions.startEngine();
  await settle();
  engine.loads.last.answer(fakeModel('net'));
  await again;
  expect(app.engine.getState()).toMatchObject({ status: 'ready', error: null });
  expect(app.network.getState()).toMatchObject({ status: 'ready', error: null });
  expect(app.notices.getState().items).toEqual([]);
});

it('loads the network that failed last once more, and no other one', async () => {
  const first = app.actions.loadNetwork({ kind: 'url', url: 'n', id: 'net' });
  services.engine.loads.last.fail(new AppError('bad-file', 'CNN-1: there is no connection'));
  await first;
  expect(app.network.getState().error).toBe('CNN-1: there is no connection');
  const again = app.actions.retryNetwork();
  services.engine.loads.last.answer(fakeModel('net'));
  await again;
  expect(app.network.getState().model?.id).toBe('net');
  await app.actions.retryNetwork();
  expect(services.engine.loads.calls).toHaveLength(2);
});

it('explains again after the engine died in the middle', async () => {
  const opened = app.actions.openVolumes([{ name: 'a', source: 'a', origin: 'url' }]);
  services.opens.last.answer([fakeOpened('a')]);
  await opened;
  const loading = app.actions.loadNetwork({ kind: 'url', url: 'n', id: 'net' });
  services.engine.loads.last.answer(fakeModel('net'));
  await loading;
  await settle();
  services.engine.explains.last.fail(new AppError('stopped', 'The computing thread stopped.'));
  await settle();
  expect(app.explain.getState()).toMatchObject({ status: 'error' });
  app.actions.explain();
  await settle();
  const { last } = services.engine.explains;
  last.answer(fakeExplanation(last.request));
  await settle();
  expect(app.explain.getState().status).toBe('ready');
});

it('refuses weights without their network by name, before they are read', async () => {
  for (const name of ['weights.bin', 'weights.safetensors']) {
    await app.actions.openNetwork([new File(['x'], name)]);
    const { items } = app.notices.getState();
    expect(items.at(-1)?.text).toMatch(new RegExp(`^${name}: .*only weights; accepted`));
  }
  expect(services.engine.loads.calls).toHaveLength(0);
});

it('reads a network that leaves its sizes open again for a volume of other sizes', async () => {
  const declared = {
    kind: 'Input',
    shape: [1, 4, 4, 4],
    layout: 'channels-first',
    open: true,
  } as const;
  const source = { kind: 'url', url: 'u', id: 'u', inputShape: [4, 4, 4] } as const;
  const loaded = app.actions.loadNetwork(source);
  services.engine.loads.last.answer(fakeModel('u', { inputDeclared: declared }));
  await loaded;
  const opened = app.actions.openVolumes([{ name: 'b', source: 'b', origin: 'url' }]);
  services.opens.last.answer([fakeOpened('b', fakeVolume(6))]);
  await opened;
  await settle();
  expect(services.engine.loads.last.request).toEqual({
    ...source,
    inputShape: [6, 6, 6],
    tiles: true,
    turned: false,
  });
  const larger = { ...declared, shape: [1, 6, 6, 6] };
  services.engine.loads.last.answer(
    fakeModel('u', { inputDeclared: larger, inputShape: [6, 6, 6, 1] }),
  );
  await settle();
  expect(services.engine.explains.last.request.inputShape).toEqual([6, 6, 6, 1]);
});
