import { describe, expect, it } from 'vitest';
import { createAppStores } from './stores.ts';
import { fakeExplanation, fakeModel, fakeOpened, FakeServices, settle } from './testing/fakes.ts';
import { optionsOf } from './volumes.ts';
import { whatIfKey } from './actions/whatIf.ts';

/** The app with a volume that was explained. */
async function explained() {
  const services = new FakeServices();
  services.engine.volumesAtOnce = 6;
  const app = createAppStores(() => services);
  void app.actions.openNetwork([new File([], 'net.onnx')]);
  await settle();
  services.engine.loads.last.answer(fakeModel('net', { sidecar: { normalization: 'zscore' } }));
  await settle();
  void app.actions.openVolumes([{ name: 'a.mrc', source: new Blob(), origin: 'file' }]);
  await settle();
  services.opens.last.answer([fakeOpened('a.mrc')]);
  await settle();
  const { explains } = services.engine;
  explains.last.answer(fakeExplanation(explains.last.request));
  await settle();
  expect(app.explain.getState().status).toBe('ready');
  return { app, explains };
}

/** Answers all that is asked; inverted volumes are said to be of class 2. */
async function answerAll(explains: FakeServices['engine']['explains'], from: number) {
  const first = explains.calls[from].request.input;
  for (let k = from; k < explains.calls.length; k++) {
    const { request, answer } = explains.calls[k];
    const inverted = Math.sign(request.input[1]) !== Math.sign(first[1]);
    answer({
      ...fakeExplanation({ ...request, layers: ['pool'] }),
      predicted: inverted ? 2 : 1,
      labels: null,
    });
    await settle();
  }
}

describe('other readings', () => {
  it('are tried on demand, and one is applied to the volume shown and taken back', async () => {
    const { app, explains } = await explained();
    const from = explains.calls.length;
    const done = app.actions.tryReadings();
    await settle();
    expect(app.whatIf.getState()).toMatchObject({ status: 'running', found: null });
    await answerAll(explains, from);
    await done;
    const { found, status, key } = app.whatIf.getState();
    expect([status, key]).toEqual(['ready', whatIfKey(app.explain.getState())]);
    const changing = found!.tried.filter(({ difference }) => difference.changes);
    expect(changing.map(({ id }) => id)).toContain('contrast');
    expect(explains.calls[from].request).toMatchObject({ methods: [], labels: true });

    app.actions.setInputOptions(changing.find(({ id }) => id === 'contrast')!.change);
    expect(optionsOf(app.volumes.getState()).invert).toBe(true);
    expect(whatIfKey(app.explain.getState())).not.toBe(key);
    app.history.undo();
    expect(optionsOf(app.volumes.getState()).invert).toBe(false);
    await settle();
    // What was tried before is not tried again.
    const asked = explains.calls.length;
    await app.actions.tryCheapReadings();
    expect(app.whatIf.getState()).toMatchObject({ status: 'ready', key, found });
    expect(explains.calls.length).toBe(asked);
  });

  it('give way to an explanation that is asked for', async () => {
    const { app, explains } = await explained();
    const done = app.actions.tryReadings();
    await settle();
    const { signal } = explains.last.options;
    app.actions.chooseLayer('conv1');
    await done;
    expect(signal?.aborted).toBe(true);
    expect(app.whatIf.getState()).toMatchObject({ status: 'idle', key: null });
  });

  it('fail in a sentence', async () => {
    const { app, explains } = await explained();
    const done = app.actions.tryReadings();
    await settle();
    explains.last.fail(new Error('The device is gone.'));
    await done;
    expect(app.whatIf.getState()).toMatchObject({ status: 'error', error: 'The device is gone.' });
  });

  it('are tried without asking only where that takes no time', async () => {
    const { app, explains } = await explained();
    const asked = explains.calls.length;
    const { answer } = app.explain.getState();
    const took = (forward: number) => ({
      answer: {
        ...answer!,
        result: { ...answer!.result, timing: { forward, explain: 1, total: 2 } },
      },
    });
    app.explain.setState(took(500));
    await app.actions.tryCheapReadings();
    expect(explains.calls.length).toBe(asked);
    app.explain.setState(took(50));
    void app.actions.tryCheapReadings();
    await settle();
    expect(explains.calls.length).toBe(asked + 1);
  });
});
