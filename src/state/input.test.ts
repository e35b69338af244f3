import { beforeEach, describe, expect, it } from 'vitest';
import { badFile } from '../core/errors.ts';
import { networkForParticles, networkForSample } from './network.ts';
import { type AppStores, createAppStores } from './stores.ts';
import {
  FakeServices,
  fakeModel,
  fakeOpened,
  fakeVolume,
  settle,
  pairOf,
} from './testing/fakes.ts';
import type { OpenedVolume } from './types.ts';
import { currentVolume } from './volumes.ts';

let services: FakeServices;
let app: AppStores;

const gallery = ['a', 'b'].map((id) => ({
  id,
  path: `${id}.mrc`,
  title: id,
  classId: id,
  className: id,
  classIndex: 0,
  snr: 'inf' as const,
}));
const file = (name: string) => ({ name, source: name, origin: 'file' as const });
const names = () => app.volumes.getState().items.map(({ name }) => name);
const shown = () => currentVolume(app.volumes.getState())?.name;
const open = (name: string) => services.opens.calls.find(({ request }) => request === name)!;

beforeEach(async () => {
  services = new FakeServices();
  services.json.set('samples', gallery);
  app = createAppStores(() => services);
  await app.actions.loadGallery('samples');
});

describe('the gallery', () => {
  it.each([
    [{ path: '../secret.mrc' }, /samples: "\[0\]\.path" is .*; accepted: a path within its folder/],
    [{ title: undefined }, /samples: "\[0\]\.title" is missing/],
    [{ snr: 'loud' }, /samples: "\[0\]\.snr" is "loud"/],
  ])('is refused in a sentence with %o', async (change, message) => {
    services.json.set('samples', [{ ...gallery[0], ...change }]);
    await app.actions.loadGallery('samples');
    expect(app.notices.getState().items.at(-1)?.text).toMatch(message);
    expect(app.volumes.getState().gallery).toHaveLength(gallery.length);
  });

  it('is empty in a build without one', async () => {
    services.json.delete('samples');
    await app.actions.loadGallery('samples');
    expect(app.volumes.getState().gallery).toEqual([]);
    expect(app.notices.getState().items).toHaveLength(0);
  });
});

describe('opening volumes', () => {
  it('shows the first of several and steps through them round the ends', async () => {
    const done = app.actions.openVolumes([file('x'), file('y')]);
    open('x').answer([fakeOpened('x')]);
    await settle();
    expect(shown()).toBe('x');
    open('y').answer([fakeOpened('y')]);
    await done;
    expect(shown()).toBe('x');
    app.actions.stepVolume(-1);
    expect(shown()).toBe('y');
    app.actions.stepVolume(1);
    expect(shown()).toBe('x');
    expect(app.volumes.getState().opening).toBeNull();
  });

  it('reports a bad file in its sentence, opens the others and keeps what was there', async () => {
    const first = app.actions.openVolumes([file('good')]);
    open('good').answer([fakeOpened('good')]);
    await first;
    const second = app.actions.openVolumes([file('bad'), file('fine')]);
    open('bad').fail(badFile('bad', 'the file is empty', 'volumes'));
    await settle();
    expect(shown()).toBe('good');
    open('fine').answer([fakeOpened('fine')]);
    await second;
    expect(names()).toEqual(['good', 'fine']);
    expect(shown()).toBe('fine');
    expect(app.notices.getState().items).toMatchObject([
      { tone: 'error', text: 'bad: the file is empty; accepted: volumes' },
    ]);
  });

  it('lets the latest sample win however the answers come', async () => {
    const a = app.actions.chooseSample('a');
    const b = app.actions.chooseSample('b');
    open('b').answer([fakeOpened('b')]);
    await b;
    open('a').answer([fakeOpened('a')]);
    await a;
    expect(shown()).toBe('b');
    expect(names()).toEqual(['b']);
  });

  it('does not take the screen from a sample chosen while a file is read', async () => {
    const slow = app.actions.openVolumes([file('slow')]);
    const quick = app.actions.chooseSample('a');
    open('a').answer([fakeOpened('a')]);
    await quick;
    open('slow').answer([fakeOpened('slow')]);
    await slow;
    expect(shown()).toBe('a');
    expect(names()).toEqual(['a', 'slow']);
  });

  it('puts the crosshair in the middle of another box and keeps it within the same one', async () => {
    const done = app.actions.openVolumes([file('x'), file('y'), file('z')]);
    for (const [name, side] of [
      ['x', 4],
      ['y', 4],
      ['z', 8],
    ] as const) {
      open(name).answer([fakeOpened(name, fakeVolume(side))]);
      await settle();
    }
    await done;
    expect(app.view.getState().crosshair).toEqual([15, 15, 15]);
    app.view.setState({ crosshair: [10, 0, 20] });
    app.actions.stepVolume(1);
    expect(app.view.getState().crosshair).toEqual([10, 0, 20]);
    app.actions.stepVolume(1);
    expect(app.view.getState().crosshair).toEqual([35, 35, 35]);
  });

  it('cancels what is being read and keeps the rest', async () => {
    const done = app.actions.openVolumes([file('x'), file('y')]);
    open('x').answer([fakeOpened('x')]);
    await settle();
    app.actions.cancelOpening();
    await done;
    expect(names()).toEqual(['x']);
    expect(app.volumes.getState().opening).toBeNull();
    expect(app.notices.getState().items).toHaveLength(0);
  });

  it('shows the neighbour of a closed volume', async () => {
    const done = app.actions.openVolumes([file('x'), file('y')]);
    open('x').answer([fakeOpened('x')]);
    await settle();
    open('y').answer([fakeOpened('y')]);
    await done;
    app.actions.removeVolume(app.volumes.getState().items[0].id);
    expect(shown()).toBe('y');
    app.actions.removeVolume(app.volumes.getState().items[0].id);
    expect(app.volumes.getState()).toMatchObject({ items: [], currentId: null });
  });
});

describe('reading a file again, as the user says', () => {
  const answer = (index: number, ...opened: OpenedVolume[]) =>
    services.opens.calls.filter(({ request }) => request === 'x')[index].answer(opened);

  it('replaces its volumes where they stand, with their options, and only them', async () => {
    const done = app.actions.openVolumes([file('x'), file('y')]);
    answer(0, fakeOpened('x #1'), fakeOpened('x #2'));
    await settle();
    open('y').answer([fakeOpened('y')]);
    await done;
    app.actions.setInputOptions({ invert: true });
    const [first] = app.volumes.getState().items;
    const again = app.actions.readAgain(first.id, { readAs: 'images' });
    answer(1, fakeOpened('x'));
    await again;
    expect(names()).toEqual(['x', 'y']);
    expect(shown()).toBe('x');
    const { items, options } = app.volumes.getState();
    expect(items[0].file.reading).toEqual({ readAs: 'images' });
    expect(options[items[0].id].invert).toBe(true);
    const sized = app.actions.readAgain(items[0].id, { voxelSize: 5 });
    answer(2, fakeOpened('x'));
    await sized;
    expect(app.volumes.getState().items[0].file.reading).toEqual({
      readAs: 'images',
      voxelSize: 5,
    });
  });

  it('keeps what was there when it cannot be read so', async () => {
    const done = app.actions.openVolumes([file('x')]);
    answer(0, fakeOpened('x'));
    await done;
    const again = app.actions.readAgain(app.volumes.getState().items[0].id, { readAs: 'images' });
    services.opens.calls[1].fail(badFile('x', 'it is gone', 'files'));
    await again;
    expect(names()).toEqual(['x']);
    expect(app.notices.getState().items.at(-1)?.text).toMatch(/it is gone/);
  });
});

describe('loading networks', () => {
  it('keeps the network in use when another cannot be loaded', async () => {
    const one = app.actions.loadNetwork({ kind: 'url', url: 'one', id: 'one' });
    services.engine.loads.last.answer(fakeModel('one'));
    await one;
    const two = app.actions.loadNetwork({ kind: 'url', url: 'two', id: 'two' });
    expect(app.network.getState().chosenId).toBe('two');
    services.engine.loads.last.fail(badFile('two', 'no weights', 'weights'));
    await two;
    expect(app.network.getState()).toMatchObject({ status: 'ready', chosenId: 'one' });
    expect(services.engine.unloaded).toEqual([]);
  });

  it('lets the latest choice win and frees the network before', async () => {
    const one = app.actions.loadNetwork({ kind: 'url', url: 'one', id: 'one' });
    const first = services.engine.loads.last;
    const two = app.actions.loadNetwork({ kind: 'url', url: 'two', id: 'two' });
    first.answer(fakeModel('one'));
    services.engine.loads.last.answer(fakeModel('two'));
    await Promise.all([one, two]);
    expect(app.network.getState().model?.id).toBe('two');
    const three = app.actions.loadNetwork({ kind: 'url', url: 'three', id: 'three' });
    services.engine.loads.last.answer(fakeModel('three'));
    await three;
    expect(services.engine.unloaded).toEqual(['two']);
  });

  it('goes back to what was there when cancelled', async () => {
    const loading = app.actions.loadNetwork({ kind: 'url', url: 'one', id: 'one' });
    app.actions.cancelNetwork();
    await loading;
    expect(app.network.getState()).toMatchObject({ status: 'empty', chosenId: null, error: null });
    expect(app.notices.getState().items).toHaveLength(0);
  });
});

describe('a sample and the network trained at its noise', () => {
  const networks = (['inf', 0.1] as const).map((snr) => ({
    id: `cnn-${snr}`,
    title: `CNN ${snr}`,
    path: `models/cnn-${snr}/model.json`,
    family: 'cnn',
    snr,
    first: snr === 'inf' ? ('samples' as const) : ('particles' as const),
  }));
  const chosen = () => app.network.getState().chosenId;

  beforeEach(async () => {
    services.json.set('models', networks);
    services.json.set('noisy', [
      { ...gallery[0], id: 'clean' },
      { ...gallery[1], id: 'noisy', snr: 0.1 },
    ]);
    await app.actions.loadCatalogue('models');
    await app.actions.loadGallery('noisy');
  });

  const pick = async (id: string, title: string) => {
    const done = app.actions.chooseSample(id);
    open(title).answer([fakeOpened(id)]);
    await done;
  };
  const arrive = async () => {
    const { last } = services.engine.loads;
    last.answer(fakeModel(last.request.id));
    await settle();
  };

  it('go together while the user has not chosen a network, and the page says so', async () => {
    void app.actions.chooseNetwork('cnn-inf', false);
    await arrive();
    await pick('noisy', 'b');
    expect(chosen()).toBe('cnn-0.1');
    // Nothing was asked of the network without noise.
    expect(services.engine.explains.calls).toHaveLength(0);
    expect(app.notices.getState().items[0].text).toMatch(/^CNN 0.1 is used for this sample/);
    await arrive();
    expect(services.engine.explains.last.request.model).toBe('cnn-0.1');
  });

  it('is found by the network for samples, which is taken once; particles are offered theirs', async () => {
    await Promise.all([app.actions.takeFirstNetwork('samples'), arrive()]);
    expect(chosen()).toBe('cnn-inf');
    expect(app.network.getState().byUser).toBe(false);
    await app.actions.takeFirstNetwork('particles');
    expect(services.engine.loads.calls).toHaveLength(1);
    expect(networkForParticles(app.network.getState())?.id).toBe('cnn-0.1');
  });

  it('begins with the network for particles where they are looked at first', async () => {
    await Promise.all([app.actions.takeFirstNetwork('particles'), arrive()]);
    expect(chosen()).toBe('cnn-0.1');
    expect(networkForParticles(app.network.getState())).toBeNull();
  });

  it('is offered, not taken, once the user has chosen', async () => {
    void app.actions.chooseNetwork('cnn-inf');
    await arrive();
    await pick('noisy', 'b');
    expect(chosen()).toBe('cnn-inf');
    const fitting = networkForSample(app.network.getState(), app.volumes.getState());
    expect(fitting?.id).toBe('cnn-0.1');
    void app.actions.chooseNetwork('cnn-0.1');
    await arrive();
    expect(networkForSample(app.network.getState(), app.volumes.getState())).toBeNull();
  });

  it('are taken back together with the comparison that brought them', async () => {
    services.json.set('models', [...networks, { ...networks[0], id: 'cnn-1-0.1' }]);
    services.json.set('noisy', [
      { ...gallery[0], id: 'clean' },
      { ...gallery[1], id: '1AON-0.1' },
    ]);
    await app.actions.loadCatalogue('models');
    await app.actions.loadGallery('noisy');
    void app.actions.chooseNetwork('cnn-inf', false);
    await arrive();
    await pick('clean', 'a');
    app.actions.choosePreset('figure3');
    open('b').answer([fakeOpened('1AON-0.1')]);
    await arrive();
    expect([chosen(), shown()]).toEqual(['cnn-1-0.1', '1AON-0.1']);
    expect(app.view.getState().palette).toBe('paper');
    app.history.undo();
    await arrive();
    expect([chosen(), shown()]).toEqual(['cnn-inf', 'clean']);
    expect(app.view.getState().palette).not.toBe('paper');
    app.history.redo();
    await arrive();
    expect([chosen(), shown()]).toEqual(['cnn-1-0.1', '1AON-0.1']);
  });

  it('takes network, sample, layer and class of a link as they are named', async () => {
    const done = app.actions.openDeepLink({
      sample: 'noisy',
      network: 'cnn-inf',
      layer: 'conv1',
      classIndex: 2,
      method: 'xgrad',
    });
    open('b').answer([fakeOpened('noisy')]);
    await arrive();
    await done;
    expect(chosen()).toBe('cnn-inf');
    expect(services.engine.explains.calls).toHaveLength(1);
    expect(app.explain.getState()).toMatchObject({
      layer: 'conv1',
      classIndex: 2,
      panels: pairOf('grad', 'xgrad'),
    });
  });
});
