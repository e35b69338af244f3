import { beforeEach, describe, expect, it } from 'vitest';
import { AppError, badFile, badInput } from '../core/errors.ts';
import { type AppStores, createAppStores } from './stores.ts';
import {
  FakeServices,
  fakeExplanation,
  fakeModel,
  fakeOpened,
  fakeVolume,
  settle,
  pairOf,
} from './testing/fakes.ts';
import { currentVolume } from './volumes.ts';

let services: FakeServices;
let app: AppStores;
let clock: number;

const state = () => app.evaluation.getState();
const explains = () => services.engine.explains.calls;

async function load(model = fakeModel()) {
  const done = app.actions.loadNetwork({ kind: 'url', url: model.id, id: model.id });
  services.engine.loads.last.answer(model);
  await done;
}

/** Answers every question that comes up until nothing more does. */
async function answerAll(failure?: (call: number) => Error | undefined) {
  for (let i = explains().length - 1; ; i++) {
    const call = explains()[Math.max(0, i)];
    if (!call) return;
    const error = failure?.(i);
    if (error) call.fail(error);
    else call.answer(fakeExplanation(call.request));
    clock += 1000;
    await settle();
    if (explains().length === i + 1) return;
  }
}

function files(...paths: string[]) {
  return paths.map((path) => ({ path, file: new Blob([path]) }));
}

/** Opens what the evaluation asks for; names in `bad` cannot be read. */
function openEverything(bad: readonly string[] = []) {
  services.openVolume = async (name) => {
    if (bad.some((one) => name.endsWith(one))) throw badFile(name, 'it is damaged', 'whole files');
    return [fakeOpened(name)];
  };
}

beforeEach(async () => {
  clock = 0;
  services = new FakeServices();
  const classes = ['apple', 'pear', 'plum'].map((name) => ({
    id: `${name}-id`,
    name,
    file: `${name}.mrc`,
  }));
  services.json.set('http://app.test/templates/index.json', { voxelSize: 10, classes });
  services.json.set(
    'samples',
    ['apple', 'pear'].flatMap((name) =>
      (['inf', 0.1] as const).map((snr) => ({
        id: `${name}-${snr}`,
        path: `samples/${name}-${snr}.mrc`,
        title: `${name} ${snr}`,
        classId: `${name}-id`,
        className: name,
        classIndex: 0,
        snr,
      })),
    ),
  );
  app = createAppStores(
    () => services,
    () => clock,
  );
  await app.actions.loadGallery('samples');
  await load();
});

describe('evaluating', () => {
  it('goes through simulated volumes class by class and fills the result as they come', async () => {
    app.actions.chooseEvaluation({ perClass: 2, snr: 0.1 });
    const run = app.actions.evaluate();
    await settle();
    expect(state()).toMatchObject({ status: 'running', result: { n: 0, total: 6 } });
    expect(explains()[0].request).toMatchObject({
      layers: ['pool'],
      classes: 'all',
      methods: ['respond', 'grad', 'hirescam'],
    });
    expect(explains()[0].request.inputKey).toBeUndefined();
    clock = 1000;
    explains()[0].answer(fakeExplanation(explains()[0].request));
    await settle();
    expect(state().result).toMatchObject({ n: 1, backend: 'cpu' });
    clock = 1050;
    explains()[1].answer(fakeExplanation(explains()[1].request));
    await settle();
    // Too soon after the last one: the page has its time.
    expect(state().progress?.done).toBe(1);
    clock = 3000;
    explains()[2].answer(fakeExplanation(explains()[2].request));
    await settle();
    expect(state().progress).toEqual({ done: 3, total: 6, left: 3 });
    expect(state().result?.n).toBe(3);
    await answerAll();
    await run;
    const { status, result, progress } = state();
    expect([status, progress]).toEqual(['done', null]);
    expect(result?.items.map(({ id }) => id)).toEqual(
      [0, 1].flatMap((item) => ['apple-id', 'pear-id', 'plum-id'].map((id) => `${id}/${item}`)),
    );
    expect(result?.data).toMatchObject({ set: 'simulated', snr: 0.1, seed: 2, labels: 'names' });
    // The fake says pear every time; its sums order the classes 0 < 1 < 2, its scores 0 < 2 < 1.
    expect(result?.accuracy).toBeCloseTo(1 / 3);
    expect(result?.confusion).toEqual([
      [0, 2, 0],
      [0, 2, 0],
      [0, 2, 0],
    ]);
    expect(result?.kendallTau.respond).toEqual({ mean: 1 / 3, std: 0, n: 6 });
  });

  it('asks about as many volumes at once as the engine takes, and counts volumes', async () => {
    services.engine.volumesAtOnce = 4;
    app.actions.chooseEvaluation({ perClass: 2 });
    const run = app.actions.evaluate();
    await settle();
    expect(explains()).toHaveLength(4);
    clock = 4000;
    for (const call of explains().slice(0, 3)) call.answer(fakeExplanation(call.request));
    await settle();
    expect(state().progress?.done).toBe(0);
    explains()[3].fail(badInput('The input holds NaN.'));
    await settle();
    expect(state().progress).toEqual({ done: 4, total: 6, left: 2 });
    expect(state().result).toMatchObject({ n: 3, skipped: [{ order: 3 }] });
    expect(explains()).toHaveLength(6);
    for (const call of explains().slice(4)) call.answer(fakeExplanation(call.request));
    await run;
    expect(state()).toMatchObject({ status: 'done', result: { n: 5 } });
    expect(state().result?.items.map(({ order }) => order)).toEqual([0, 1, 2, 4, 5]);
  });

  it('runs deletion and insertion where asked for', async () => {
    await load();
    const { engine } = services;
    engine.scores = async ({ inputs }) => inputs.map(() => Float32Array.of(1, 2, 3));
    app.actions.chooseEvaluation({ set: 'bundled', sampleSnr: 'inf', faithfulness: true });
    openEverything();
    const done = app.actions.evaluate();
    await settle();
    await answerAll();
    await done;
    const { result, status } = state();
    expect(status).toBe('done');
    expect(result!.data.faithfulness).toBe(true);
    // The score does not change with the input: there is nothing to lose.
    expect(result!.items[0].faithfulness!.centre).toEqual({ deletion: null, insertion: null });
    expect(result!.faithfulness!.deletion.respond).toEqual({ mean: null, std: null, n: 0 });
  });

  it('draws simulated volumes at the SNR of the training unless another is chosen', async () => {
    const recipe = { snr: '0.1' };
    await load(fakeModel('noisy', { sidecar: { recipe } }));
    app.actions.chooseEvaluation({ perClass: 1 });
    const run = app.actions.evaluate();
    await settle();
    expect(state().result?.data.snr).toBe(0.1);
    app.actions.cancelEvaluation();
    await run;
  });

  it('keeps what is done when it is cancelled', async () => {
    const run = app.actions.evaluate();
    await settle();
    explains()[0].answer(fakeExplanation(explains()[0].request));
    await settle();
    app.actions.cancelEvaluation();
    await run;
    expect(state()).toMatchObject({
      status: 'cancelled',
      error: null,
      result: { n: 1, total: 15 },
    });
    expect(explains()[1].options.signal?.aborted).toBe(true);
  });

  it('names the volume that the network cannot take and continues', async () => {
    app.actions.chooseEvaluation({ perClass: 1 });
    const run = app.actions.evaluate();
    await settle();
    await answerAll((i) => (i === 1 ? badInput('The input holds NaN.') : undefined));
    await run;
    expect(state().status).toBe('done');
    expect(state().result).toMatchObject({
      n: 2,
      skipped: [{ order: 1, id: 'pear-id/0', reason: 'The input holds NaN.' }],
    });
  });

  it('ends when the engine fails, with what is done and the reason', async () => {
    const run = app.actions.evaluate();
    await settle();
    await answerAll((i) => (i === 1 ? new AppError('internal', 'The thread stopped.') : undefined));
    await run;
    expect(state()).toMatchObject({
      status: 'error',
      error: 'The thread stopped.',
      result: { n: 1 },
    });
  });

  it('ends when another network takes the place of the one evaluated', async () => {
    const run = app.actions.evaluate();
    await settle();
    await load(fakeModel('other'));
    await answerAll();
    await run;
    expect(state()).toMatchObject({ status: 'cancelled', result: { n: 1 } });
    expect(state().error).toContain('replaced by another network');
  });

  it('leaves the state to a run that replaced it', async () => {
    const first = app.actions.evaluate();
    await settle();
    app.actions.chooseEvaluation({ perClass: 1 });
    const second = app.actions.evaluate();
    await first;
    await settle();
    expect(state()).toMatchObject({ status: 'running', result: { n: 0, total: 3 } });
    await answerAll();
    await second;
    expect(state()).toMatchObject({ status: 'done', result: { n: 3 } });
  });

  it('says why a network cannot be evaluated on simulated volumes', async () => {
    await load(
      fakeModel('cats', { classes: ['cat', 'dog'], sidecar: { classes: ['cat', 'dog'] } }),
    );
    await app.actions.evaluate();
    expect(state()).toMatchObject({ status: 'error', result: null });
    expect(state().error).toContain('names none of the bundled classes');
  });
});

describe('the sets', () => {
  it('takes the bundled samples at one SNR', async () => {
    openEverything();
    app.actions.chooseEvaluation({ set: 'bundled', sampleSnr: 0.1 });
    const run = app.actions.evaluate();
    await settle();
    await answerAll();
    await run;
    expect(state().result?.items.map(({ id, class: truth }) => [id, truth])).toEqual([
      ['samples/apple-0.1.mrc', 0],
      ['samples/pear-0.1.mrc', 1],
    ]);
  });

  it('takes classes from sub-folders and skips what cannot be read by name', async () => {
    openEverything(['b.mrc']);
    app.actions.chooseEvaluationFiles(
      files('mine/pear/10.mrc', 'mine/pear/9.mrc', 'mine/apple/b.mrc', 'mine/notes.txt'),
    );
    expect(state().choice.set).toBe('files');
    const run = app.actions.evaluate();
    await settle();
    await answerAll();
    await run;
    const { result, notes } = state();
    expect(result?.data).toMatchObject({ set: 'mine', snr: null, labels: 'names' });
    expect(result?.items.map(({ id, class: truth }) => [id, truth])).toEqual([
      ['pear/9.mrc', 1],
      ['pear/10.mrc', 1],
    ]);
    expect(result?.skipped).toMatchObject([{ id: 'apple/b.mrc' }]);
    expect(result?.skipped[0].reason).toContain('damaged');
    expect(notes.join()).toContain('1 file of another kind');
  });

  it('takes classes from the index that simulate writes and misses what it names', async () => {
    openEverything();
    const index = {
      format: 'respond-cam-dataset',
      classes: [{ id: 'plum-id', name: 'plum' }],
      spec: { snr: 0.5 },
      items: [
        { file: 'plum-id/0.mrc', class: 0 },
        { file: 'plum-id/1.mrc', class: 0 },
      ],
    };
    app.actions.chooseEvaluationFiles([
      ...files('set/plum-id/0.mrc'),
      { path: 'set/index.json', file: new Blob([JSON.stringify(index)]) },
    ]);
    const run = app.actions.evaluate();
    await settle();
    await answerAll();
    await run;
    expect(state().result).toMatchObject({
      data: { snr: 0.5 },
      items: [{ id: 'plum-id/0.mrc', class: 2 }],
      skipped: [{ id: 'plum-id/1.mrc' }],
    });
  });

  it.each([
    ['{', /not JSON/],
    ['{}', /not the index of a set/],
  ])('refuses the index %s', async (text, sentence) => {
    app.actions.chooseEvaluationFiles([{ path: 'set/index.json', file: new Blob([text]) }]);
    await app.actions.evaluate();
    expect(state().status).toBe('error');
    expect(state().error).toMatch(sentence);
  });

  it('takes every volume of a set in one file', async () => {
    services.counts.set('set.npy', 2);
    const asked: unknown[] = [];
    services.openVolume = async (name, _source, options) => {
      asked.push([name, options?.volume]);
      return [fakeOpened(name)];
    };
    app.actions.chooseEvaluationFiles(files('one.mrc', 'set.npy'));
    const run = app.actions.evaluate();
    await settle();
    await answerAll();
    await run;
    expect(state().result?.items.map(({ id }) => id)).toEqual([
      'one.mrc',
      'set.npy#1',
      'set.npy#2',
    ]);
    expect(asked).toEqual([
      ['one.mrc', undefined],
      ['set.npy', 0],
      ['set.npy', 1],
    ]);
  });

  it('says that a folder holds no volume', async () => {
    app.actions.chooseEvaluationFiles(files('set/readme.txt'));
    await app.actions.evaluate();
    expect(state().error).toContain('set holds no volume');
  });
});

describe('opening an evaluated volume', () => {
  it('draws a simulated one again, with the class and method asked for and its truth', async () => {
    app.actions.chooseEvaluation({ perClass: 1, snr: 0.1 });
    const run = app.actions.evaluate();
    await settle();
    await answerAll();
    await run;
    await app.actions.openEvaluated(2, { classIndex: 0, method: 'hirescam' });
    const item = currentVolume(app.volumes.getState());
    expect(item).toMatchObject({ name: 'plum, SNR 0.1, held out 1', truth: 'plum' });
    expect(app.explain.getState()).toMatchObject({
      classIndex: 0,
      panels: pairOf('grad', 'hirescam'),
    });
    // The class that the network says is what is followed anyway.
    await app.actions.openEvaluated(2, { classIndex: 1 });
    expect(app.volumes.getState().items).toHaveLength(1);
    expect(app.explain.getState().classIndex).toBeNull();
  });

  it('opens a file that was skipped, so that the reason can be seen', async () => {
    const odd = fakeOpened('odd.mrc', fakeVolume(5));
    services.openVolume = async () => [odd];
    app.actions.chooseEvaluationFiles(files('odd.mrc'));
    await app.actions.evaluate();
    expect(state().result?.skipped[0].reason).toMatch(/5³ voxels; Network net takes 4³/);
    await app.actions.openEvaluated(0);
    expect(currentVolume(app.volumes.getState())?.name).toBe('odd.mrc');
    expect(app.explain.getState().mismatch).toContain('5³');
  });
});
