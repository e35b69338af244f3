import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { shownClass } from './explain.ts';
import { type AppStores, createAppStores } from './stores.ts';
import {
  BACKEND,
  FakeServices,
  fakeExplanation,
  fakeModel,
  fakeOpened,
  fakeVolume,
  mapsIn,
  pairOf,
  settle,
} from './testing/fakes.ts';
import { INITIAL_OPTIONS, optionsOf } from './volumes.ts';

let services: FakeServices;
let app: AppStores;

async function open(name: string, volume = fakeVolume()) {
  const done = app.actions.openVolumes([{ name, source: name, origin: 'url' }]);
  services.opens.last.answer([fakeOpened(name, volume)]);
  await done;
  await settle();
}

async function load(model = fakeModel()) {
  const done = app.actions.loadNetwork({ kind: 'url', url: model.id, id: model.id });
  services.engine.loads.last.answer(model);
  await done;
  await settle();
}

async function answer() {
  const { last } = services.engine.explains;
  last.answer(fakeExplanation(last.request));
  await settle();
}

const explains = () => services.engine.explains.calls;
const explain = () => app.explain.getState();

beforeEach(() => {
  services = new FakeServices();
  app = createAppStores(() => services);
});

describe('explaining', () => {
  it('starts by itself once there are a volume and a network, whichever comes last', async () => {
    await open('a');
    expect(explain().status).toBe('idle');
    await load();
    expect(explain().status).toBe('running');
    expect(explains()[0].request).toMatchObject({ layers: ['pool'], classes: 'all' });
    await answer();
    expect(explain().status).toBe('ready');
    expect(shownClass(explain())).toBe(1);
  });

  it('changes class and methods without asking the engine again', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.chooseClass(2);
    const [left, right] = mapsIn(app);
    expect([left?.method, right?.method]).toEqual(['grad', 'respond']);
    expect(right?.map.data[1]).toBeCloseTo(3);
    app.actions.setPanels(pairOf('hirescam', 'xgrad'));
    expect(mapsIn(app)[0]?.map.data[1]).toBeCloseTo(3.02);
    expect(explains()).toHaveLength(1);
  });

  it('asks for maps of other methods when they are chosen, and keeps the picture until they are there', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.setPanels(pairOf('gradpp', 'respond'));
    expect(explain()).toMatchObject({ status: 'running', stale: true });
    await settle();
    const { request } = services.engine.explains.last;
    expect(request).toMatchObject({ methods: ['gradpp'], classes: 'all', layers: ['pool'] });
    expect(mapsIn(app).map((one) => one?.method)).toEqual(['grad', 'respond']);
    await answer();
    expect(explain()).toMatchObject({ status: 'ready', stale: false });
    expect(mapsIn(app)[0]).toMatchObject({ method: 'gradpp', layer: 'pool' });
    app.actions.chooseClass(0);
    expect(explains()).toHaveLength(2);
  });

  it('asks for maps of the input of one class at a time, and of each once', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.setPanels(pairOf('grad', 'integrated'));
    await settle();
    expect(services.engine.explains.last.request).toMatchObject({
      methods: ['integrated'],
      classes: [1],
    });
    await answer();
    const [, right] = mapsIn(app);
    expect(right).toMatchObject({ method: 'integrated', layer: 'input', gridShape: [4, 4, 4] });
    app.actions.chooseClass(2);
    await settle();
    expect(shownClass(explain())).toBe(1);
    expect(services.engine.explains.last.request.classes).toEqual([2]);
    await answer();
    expect(shownClass(explain())).toBe(2);
    app.actions.chooseClass(1);
    expect(shownClass(explain())).toBe(1);
    expect(explains()).toHaveLength(3);
  });

  it('goes back to what was shown when the maps chosen are cancelled', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.setPanels(pairOf('occlusion', 'respond'));
    await settle();
    app.actions.cancelExplanation();
    await settle();
    expect(services.engine.explains.last.options.signal?.aborted).toBe(true);
    expect(explain()).toMatchObject({
      status: 'ready',
      stale: false,
      panels: pairOf('grad', 'respond'),
      classIndex: null,
    });
  });

  it('shows Grad-CAM where CAM is not defined, and says so', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.setPanels(pairOf('cam', 'respond'));
    expect(explain().panels).toEqual(pairOf('grad', 'respond'));
    expect(app.notices.getState().items.at(-1)?.text).toBe(
      'CAM is not defined at layer pool; Grad-CAM is shown.',
    );
  });

  it('keeps a run when only the class changes meanwhile', async () => {
    await open('a');
    await load();
    app.actions.chooseClass(0);
    expect(explains()).toHaveLength(1);
    expect(explains()[0].options.signal?.aborted).toBe(false);
    await answer();
    expect(shownClass(explain())).toBe(0);
  });

  it('lets the latest layer win and ignores a late answer for an earlier one', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.chooseLayer('conv1');
    await settle();
    const late = services.engine.explains.last;
    app.actions.chooseLayer(null);
    expect(late.options.signal?.aborted).toBe(true);
    late.answer(fakeExplanation(late.request));
    await settle();
    expect(explain().answer?.result.layers[0].name).toBe('pool');
    expect(explain().status).toBe('ready');
  });

  it('answers a layer seen before from memory', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.chooseLayer('conv1');
    await settle();
    await answer();
    app.actions.chooseLayer(null);
    await settle();
    expect(explain().answer?.result.layers[0].name).toBe('pool');
    expect(explains()).toHaveLength(2);
  });

  it('drops the maps of the volume before at once', async () => {
    await open('a');
    await load();
    await answer();
    await open('b', fakeVolume(4, 2));
    expect(explain().answer).toBeNull();
    expect(mapsIn(app)).toEqual([null, null]);
    expect(app.display.getState().volume).toBe(app.volumes.getState().items[1].volume);
  });

  it('says what failed and can be asked again', async () => {
    await open('a');
    await load();
    services.engine.explains.last.fail(new AppError('internal', 'Out of memory.'));
    await settle();
    expect(explain()).toMatchObject({ status: 'error', error: 'Out of memory.' });
    app.actions.explain();
    await settle();
    await answer();
    expect(explain()).toMatchObject({ status: 'ready', error: null });
  });

  it('keeps the last result when a layer change is cancelled', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.chooseLayer('conv1');
    await settle();
    app.actions.cancelExplanation();
    await settle();
    expect(explain().status).toBe('ready');
    expect(explain().answer?.result.layers[0].name).toBe('pool');
  });

  it('never takes images for a volume, whatever the fit', async () => {
    await load();
    const images = fakeOpened('stack.mrcs');
    const opening = app.actions.openVolumes([
      { name: 'stack.mrcs', source: 'stack.mrcs', origin: 'file' },
    ]);
    services.opens.last.answer([
      { ...images, report: { ...images.report, kind: 'image-stack', shape: [4, 4, 4] } },
    ]);
    await opening;
    app.actions.setInputOptions({ fit: 'resample' });
    await settle();
    expect(explain().mismatch).toBe('The file holds 4 separate images; Network net takes volumes.');
    expect(explains()).toHaveLength(0);
  });

  it('says the sizes along the volume’s axes where those of the network are others', async () => {
    await load(
      fakeModel('turned', {
        inputShape: [6, 8, 2, 1],
        sidecar: { normalization: 'none', tiling: { axes: [1, 2, 0] } },
      }),
    );
    await open('flat', fakeVolume(10));
    // Rows, columns and sections of the network are y, x and z of the volume.
    expect(explain().mismatch).toBe('The volume is 10³ voxels; Network turned takes 8 × 6 × 2.');
  });

  it('says what a network takes that the app has no input for, and what has', async () => {
    await load(fakeModel('two', { inputShape: [6, 8, 10, 2] }));
    await open('flat', fakeVolume(10));
    expect(explain().mismatch).toBe(
      'Network two takes volumes of 10 × 8 × 6 voxels with 2 channels. The app explains networks that take volumes of one channel or images of one or three; the command line explains this one, too.',
    );
  });

  it('asks how a volume of another box should fit, then says what it did', async () => {
    await load();
    await open('big', fakeVolume(8));
    expect(explain().mismatch).toBe('The volume is 8³ voxels; Network net takes 4³.');
    expect(explains()).toHaveLength(0);
    app.actions.setInputOptions({ fit: 'crop' });
    await settle();
    await answer();
    expect(explain().mismatch).toBeNull();
    expect(explain().prepared?.steps.join(' ')).toMatch(/8³ to 4³/);
    expect(app.display.getState().volume?.shape).toEqual([4, 4, 4]);
  });

  it('explains again on another backend', async () => {
    await app.actions.startEngine();
    await open('a');
    await load();
    await answer();
    const switching = app.actions.chooseBackend('wasm');
    services.engine.selects.last.answer({
      ...(await services.engine.backend()),
      name: 'wasm',
      choice: 'wasm',
    });
    await switching;
    await settle();
    expect(explains()).toHaveLength(2);
    expect(app.engine.getState().backend?.name).toBe('wasm');
  });

  it('follows the engine when it falls back by itself', async () => {
    await app.actions.startEngine();
    await open('a');
    await load();
    services.engine.info = { ...BACKEND, name: 'wasm', reason: 'The graphics device was lost.' };
    const { last } = services.engine.explains;
    last.answer({ ...fakeExplanation(last.request), backend: 'wasm' });
    await settle();
    expect(app.engine.getState().backend?.name).toBe('wasm');
    expect(app.notices.getState().items).toMatchObject([
      { tone: 'info', text: 'The graphics device was lost.' },
    ]);
  });

  it('stays on the backend before when the new one fails', async () => {
    await app.actions.startEngine();
    await open('a');
    await load();
    await answer();
    const switching = app.actions.chooseBackend('wasm');
    services.engine.selects.last.fail(new AppError('unsupported', 'No wasm here.'));
    await switching;
    expect(app.engine.getState()).toMatchObject({ choice: 'auto', status: 'ready' });
    expect(app.notices.getState().items[0].text).toBe('No wasm here.');
    expect(explain().status).toBe('ready');
  });
});

describe('input options', () => {
  it('belong to one volume: neither the next drop nor a sample inherits them', async () => {
    await load();
    await open('big', fakeVolume(8));
    app.actions.setInputOptions({ fit: 'crop', invert: true });
    await settle();
    await answer();
    await open('next', fakeVolume(8));
    expect(optionsOf(app.volumes.getState())).toEqual(INITIAL_OPTIONS);
    expect(explain().mismatch).toMatch(/8³/);
    app.actions.stepVolume(-1);
    await settle();
    expect(optionsOf(app.volumes.getState())).toMatchObject({ fit: 'crop', invert: true });
    expect(explain().status).toBe('ready');
  });

  it('are taken back by undo for the volume they were chosen for alone', async () => {
    await load();
    await open('a');
    app.actions.setInputOptions({ invert: true });
    await open('b');
    expect(app.history.store.getState().canUndo).toBe(false);
    app.actions.stepVolume(1);
    app.history.undo();
    expect(optionsOf(app.volumes.getState()).invert).toBe(false);
  });

  it('can be given to all opened files, and go with a closed one', async () => {
    await open('a');
    await open('b');
    app.actions.setInputOptions({ invert: true });
    app.actions.shareInputOptions();
    const { items } = app.volumes.getState();
    expect(items.map(({ id }) => optionsOf(app.volumes.getState(), id).invert)).toEqual([
      true,
      true,
    ]);
    app.actions.removeVolume(items[0].id);
    expect(Object.keys(app.volumes.getState().options)).toEqual([items[1].id]);
  });

  it('turn a surface level in raw units into a share of the extreme for the next volume', async () => {
    await load();
    await open('a');
    app.actions.setInputLevel({ unit: 'absolute', value: 0.5 });
    await open('b');
    expect(app.view.getState().inputLevel.unit).toBe('percent');
    expect(app.view.getState().inputLevel.value).toBeCloseTo(50);
    app.actions.setInputLevel({ unit: 'sigma', value: 2 });
    app.actions.stepVolume(1);
    expect(app.view.getState().inputLevel).toEqual({ unit: 'sigma', value: 2 });
  });
});

describe('while another network loads', () => {
  const other = () => fakeModel('other', { title: 'Other', classes: ['ant', 'bee', 'cow'] });

  it('keeps the maps under the name of the network they are of, until the new ones are there', async () => {
    await open('a');
    await load();
    await answer();
    app.actions.chooseClass(2);
    const loading = app.actions.loadNetwork({ kind: 'url', url: 'o', id: 'other' });
    await settle();
    const shown = () => app.display.getState();
    expect(shown()).toMatchObject({ stale: true, answer: { model: { id: 'net' } } });
    services.engine.loads.last.answer(other());
    await loading;
    await settle();
    expect(explain()).toMatchObject({ status: 'running', stale: true, classIndex: null });
    // Its class stays, too, and does not become the new network's.
    expect(shownClass(explain())).toBe(2);
    app.actions.chooseClass(0);
    expect(explain().classIndex).toBeNull();
    expect(mapsIn(app)[1]).toMatchObject({ classIndex: 2 });
    await answer();
    expect(shown()).toMatchObject({ stale: false, answer: { model: { id: 'other' } } });
    expect(shownClass(explain())).toBe(1);
  });

  it('asks nothing of the network that is about to be replaced', async () => {
    await open('a');
    await load();
    await answer();
    const loading = app.actions.loadNetwork({ kind: 'url', url: 'o', id: 'other' });
    await open('b');
    expect(explains()).toHaveLength(1);
    expect(explain().answer).toBeNull();
    app.actions.cancelNetwork();
    await loading;
    await settle();
    expect(explains()[1].request.model).toBe('net');
  });

  it('shows the maps as they were when the load fails', async () => {
    await open('a');
    await load();
    await answer();
    const loading = app.actions.loadNetwork({ kind: 'url', url: 'o', id: 'other' });
    services.engine.loads.last.fail(new AppError('bad-file', 'other: no weights'));
    await loading;
    expect(explain()).toMatchObject({ status: 'ready', stale: false });
    expect(explains()).toHaveLength(1);
  });

  it('drops the maps of the network before when the first explanation is cancelled', async () => {
    await open('a');
    await load();
    await answer();
    await load(other());
    app.actions.cancelExplanation();
    expect(explain()).toMatchObject({ status: 'idle', answer: null, stale: false });
  });
});

it('names the layer that the picture shows after a cancelled change', async () => {
  await open('a');
  await load();
  await answer();
  app.actions.chooseLayer('conv1');
  await settle();
  expect(explain()).toMatchObject({ layer: 'conv1', stale: true });
  app.actions.cancelExplanation();
  expect(explain()).toMatchObject({ layer: null, stale: false, status: 'ready' });
  expect(app.history.store.getState().canUndo).toBe(false);
});

it('does not undo a choice made under another network', async () => {
  await open('a');
  await load(fakeModel('one'));
  app.actions.chooseClass(2);
  app.actions.setView({ sign: 'positive' });
  await load(fakeModel('two', { classes: ['ant', 'bee'] }));
  app.history.undo();
  app.history.undo();
  app.history.redo();
  app.history.redo();
  expect(explain().classIndex).toBeNull();
  expect(app.view.getState().sign).toBe('positive');
});
