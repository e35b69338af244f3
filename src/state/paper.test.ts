import { beforeEach, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { PAPER_FIGURES, type PaperNetwork, panelsOf, questionsOf } from '../core/paper/index.ts';
import type { Explanation, ExplainRequest } from '../engine/types.ts';
import { type AppStores, createAppStores } from './stores.ts';
import { BOX, FakeServices, fakeModel, fakeOpened, fakeVolume, settle } from './testing/fakes.ts';
import type { GallerySample } from './types.ts';

const CLASS = 2;
const panels = panelsOf(PAPER_FIGURES);
const samples = [...new Set(panels.map(({ sample }) => sample))];
const questions = questionsOf(PAPER_FIGURES);
const networks = [...questions.keys()];

let services: FakeServices;
let app: AppStores;

/** A build with all samples and the given networks. */
function build(...ids: PaperNetwork[]) {
  app.volumes.setState({
    gallery: samples.map((id) => ({ id, path: id, title: id, classIndex: CLASS }) as GallerySample),
  });
  app.network.setState({ catalogue: ids.map((id) => ({ id, title: id, path: `${id}.json` })) });
}

async function readSamples() {
  for (let i = 0; i < samples.length; i++) {
    const { last } = services.opens;
    last.answer([fakeOpened(last.request, fakeVolume(BOX, i + 1))]);
    await settle();
  }
}

const engine = () => services.engine;
const paper = () => app.paper.getState();

async function loadNetwork() {
  const { last } = engine().loads;
  last.answer(fakeModel(last.request.id));
  await settle();
}

/** Every map is -4 in one voxel and 2 elsewhere. */
function explained({ model, layers, classes, methods }: ExplainRequest): Explanation {
  const data = new Float32Array(BOX ** 3).fill(2);
  data[0] = -4;
  const map = { data, sum: 122, min: -4, max: 2, shape: [BOX, BOX, BOX] };
  return {
    model,
    layers: (layers as string[]).map((name) => ({
      name,
      shape: [BOX, BOX, BOX],
      classes: (classes as number[]).map((index) => ({
        index,
        score: 7,
        methods: Object.fromEntries(methods.map((method) => [method, map])),
      })),
    })),
  } as unknown as Explanation;
}

async function answer() {
  const { last } = engine().explains;
  last.answer(explained(last.request));
  await settle();
}

const shownOf = (network: PaperNetwork) =>
  panels.filter(({ map }) => map?.network === network).map(({ id }) => id);

beforeEach(() => {
  services = new FakeServices();
  app = createAppStores(() => services);
});

it('says which networks the build lacks, and reads the samples all the same', async () => {
  build();
  const done = app.actions.openPaper();
  await settle();
  await readSamples();
  await done;
  for (const network of networks) expect(paper().networks[network]?.status).toBe('absent');
  expect(Object.keys(paper().samples).sort()).toEqual([...samples].sort());
  expect(engine().loads.calls).toHaveLength(0);
  expect(paper().table1).toHaveLength(4);
});

it('asks one network after the other, and holds one at a time', async () => {
  build(...networks);
  const done = app.actions.openPaper();
  await settle();
  await readSamples();
  for (const [i, network] of networks.entries()) {
    expect(engine().loads.calls).toHaveLength(i + 1);
    expect(engine().unloaded).toHaveLength(i);
    await loadNetwork();
    for (const { sample } of questions.get(network)!) {
      expect(paper().networks[network]?.status).toBe('working');
      expect(engine().explains.last.request.classes, sample).toEqual([CLASS]);
      await answer();
    }
    expect(paper().networks[network]?.status).toBe('done');
  }
  await done;
  expect(engine().unloaded).toHaveLength(networks.length);
  const { map, peak, sum, score } = paper().answers[shownOf(networks[0])[0]];
  expect([peak, sum, score]).toEqual([4, 122, 7]);
  expect([map.data[0], map.data[1]]).toEqual([-1, 0.5]);
  expect(map.shape).toEqual([BOX, BOX, BOX]);
});

it('stops when the page is left, and continues with what is missing when it is opened again', async () => {
  const [network] = networks;
  build(network);
  void app.actions.openPaper();
  await settle();
  await readSamples();
  await loadNetwork();
  await answer();
  const { calls } = engine().explains;
  expect(calls).toHaveLength(2);
  app.actions.leavePaper();
  await settle();
  expect(calls[1].options.signal?.aborted).toBe(true);
  expect(engine().unloaded).toHaveLength(1);
  const before = paper().answers;
  expect(Object.keys(before).length).toBeGreaterThan(0);

  const again = app.actions.openPaper();
  await settle();
  await loadNetwork();
  for (let i = 1; i < questions.get(network)!.length; i++) await answer();
  await again;
  expect(calls).toHaveLength(questions.get(network)!.length + 1);
  expect(Object.keys(paper().answers).sort()).toEqual(shownOf(network).sort());
  expect(paper().answers).toMatchObject(before);
});

it('reports what a network failed with, and continues with the next', async () => {
  build(...networks);
  void app.actions.openPaper();
  await settle();
  await readSamples();
  engine().loads.last.fail(new AppError('bad-file', 'weights.bin is cut off.'));
  await settle();
  expect(paper().networks[networks[0]]).toEqual({
    status: 'failed',
    error: 'weights.bin is cut off.',
  });
  expect(engine().loads.calls).toHaveLength(2);
});
