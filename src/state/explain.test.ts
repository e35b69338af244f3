import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { currentMaps, shownClass } from './explain.ts';
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
    const [left, right] = currentMaps(explain());
    expect([left?.method, right?.method]).toEqual(['grad', 'respond']);
    expect(right?.map.data[1]).toBeCloseTo(3);
    app.actions.chooseMethods('hirescam', 'xgrad');
    expect(currentMaps(explain())[0]?.map.data[1]).toBeCloseTo(3.2);
    expect(explains()).toHaveLength(1);
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
    expect(explain().result?.layers[0].name).toBe('pool');
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
    expect(explain().result?.layers[0].name).toBe('pool');
    expect(explains()).toHaveLength(2);
  });

  it('drops the maps of the volume before at once', async () => {
    await open('a');
    await load();
    await answer();
    await open('b', fakeVolume(4, 2));
    expect(explain().result).toBeNull();
    expect(app.display.getState()).toMatchObject({ left: null, right: null });
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
    expect(explain().result?.layers[0].name).toBe('pool');
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
    expect(explain().prepared?.steps.join(' ')).toMatch(/8\^3 to 4\^3/);
    expect(app.display.getState().volume?.shape).toEqual([4, 4, 4]);
  });

  it('explains anew on another backend', async () => {
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
