import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelInfo } from '../engine/types.ts';
import {
  ballAt,
  DEFAULT_AIM,
  explainsAll,
  kindsOf,
  knownAim,
  namesOf,
  outputOf,
  targetKindOf,
} from './aim.ts';
import { type AppStores, createAppStores } from './stores.ts';
import { FakeServices, fakeExplanation, fakeModel, fakeOpened, settle } from './testing/fakes.ts';

const outputs: ModelInfo['outputs'] = [
  { name: 'scores', shape: [3], target: 'class', removed: null, embedding: false },
  { name: 'mask', shape: [2, 2, 2, 3], target: 'segmentation', removed: null, embedding: false },
  { name: 'features', shape: [128], target: 'class', removed: null, embedding: false },
];
const model = fakeModel('many', { outputs });

describe('asking about another number of the network', () => {
  let services: FakeServices;
  let app: AppStores;
  const asked = () => services.engine.explains.last.request;

  beforeEach(async () => {
    services = new FakeServices();
    app = createAppStores(() => services);
    const volume = app.actions.openVolumes([{ name: 'a', source: 'a', origin: 'url' }]);
    services.opens.last.answer([fakeOpened('a')]);
    await volume;
    const network = app.actions.loadNetwork({ kind: 'url', url: 'many', id: 'many' });
    services.engine.loads.last.answer(model);
    await network;
    await settle();
    services.engine.explains.last.answer(fakeExplanation(asked()));
    await settle();
  });

  it('passes it on, forgets the class, and can be undone', async () => {
    app.actions.chooseClass(2);
    app.actions.chooseAim({ target: { kind: 'difference', against: 0 } });
    await settle();
    expect(asked()).toMatchObject({ target: { kind: 'difference', against: 0 }, classes: 'all' });
    expect(app.explain.getState().classIndex).toBeNull();
    app.history.undo();
    expect(app.explain.getState()).toMatchObject({ aim: DEFAULT_AIM, classIndex: 2 });
  });

  it('asks for one number at a time where there are many', async () => {
    app.actions.chooseAim({ output: 'features', target: { kind: 'value' } });
    await settle();
    expect(asked()).toMatchObject({ output: 'features', classes: 'top' });
    app.actions.chooseClass(7);
    await settle();
    expect(asked().classes).toEqual([7]);
  });

  it('goes back to the default with a network that lacks the output', async () => {
    app.actions.chooseAim({ output: 'mask' });
    const next = app.actions.loadNetwork({ kind: 'url', url: 'other', id: 'other' });
    services.engine.loads.last.answer(fakeModel('other'));
    await next;
    expect(app.explain.getState().aim).toEqual(DEFAULT_AIM);
  });
});

it('knows what a network has, and what can be explained at once', () => {
  const aim = { ...DEFAULT_AIM, output: 'features' };
  expect(outputOf(model, aim)).toBe(outputs[2]);
  expect(knownAim(fakeModel(), aim)).toBe(DEFAULT_AIM);
  expect(explainsAll(model, aim)).toBe(false);
  expect(explainsAll(model, { ...DEFAULT_AIM, output: 'mask' })).toBe(true);
});

it('calls the numbers classes where they are', () => {
  const answer = fakeExplanation({ layers: ['pool'], methods: ['grad'] } as never);
  expect(namesOf(model, answer)).toBe(model.classes);
  const value = { ...answer, target: { kind: 'value', output: 'scores' } } as const;
  expect(namesOf(model, value)).toEqual(['scores 0', 'scores 1', 'scores 2']);
});

it('puts a ball of a coarser output around a place in the input', () => {
  const grid = {
    shape: [8, 8, 8],
    voxelSize: [10, 10, 10],
    voxelSizeKnown: true,
    origin: [0, 0, 0],
  };
  const coarse = {
    name: 'mask',
    shape: [4, 4, 4, 2],
    target: 'segmentation',
    removed: null,
    embedding: false,
  } as const;
  // Voxel (x 5, y 0, z 7) of 8 is (2, 0, 3) of 4.
  expect(ballAt(grid as never, [50, 0, 70], coarse, 3)).toEqual({
    kind: 'segmentation',
    region: { kind: 'ball', centre: [3, 0, 2], radius: 3 },
  });
});

it('calls the numbers of an embedding values, not scores of classes', () => {
  const embedding = { ...outputs[2], embedding: true };
  expect(kindsOf(embedding)).toEqual(['value', 'similarity']);
  expect(kindsOf(outputs[2])[0]).toBe('class');
  const embedder = fakeModel('embedder', { outputs: [embedding] });
  expect(targetKindOf(embedder, DEFAULT_AIM)).toBe('value');
  expect(
    targetKindOf(embedder, {
      ...DEFAULT_AIM,
      target: { kind: 'similarity', reference: Float32Array.of(1) },
    }),
  ).toBe('similarity');
});
