import { expect, test } from 'vitest';
import { judge } from './particles.ts';
import { createAppStores } from './stores.ts';
import { fakeExplanation, fakeList, fakeModel, FakeServices, settle } from './testing/fakes.ts';

const file = { path: 'particles.csv', file: new Blob(['x,y,z\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n']) };

async function opened() {
  const services = new FakeServices();
  const stores = createAppStores(() => services);
  const { actions, particles } = stores;
  await actions.openTomogram({
    name: 'TS_01.mrc',
    from: [{ path: 'TS_01.mrc', file: new Blob() }],
  });
  await actions.openParticles([file], []);
  stores.network.setState({ model: fakeModel(), status: 'ready' });
  const listed = () => Array.from(particles.getState().listed.sorted);
  return { services, stores, actions, particles, listed };
}

/** Answers the network's questions as they come: class by the order in which they are asked. */
async function answerAll(services: FakeServices, classes: readonly number[]) {
  const { explains } = services.engine;
  for (let i = 0; i < classes.length; i++) {
    while (!explains.calls[i]) await settle();
    const { request, answer } = explains.calls[i];
    const scores = Float32Array.of(0, 0, 0);
    scores[classes[i]] = i + 1;
    answer({ ...fakeExplanation(request), scores, predicted: classes[i] });
  }
  await settle();
}

test('one half set is listed where it is asked for', async () => {
  const { services, actions, listed } = await opened();
  services.tomograms.list = fakeList({ half: Uint8Array.of(1, 2, 1, 2) });
  await actions.openParticles([file], []);
  actions.filterParticles({ half: 2 });
  expect(listed()).toEqual([1]);
  actions.filterParticles({ half: null });
  expect(listed()).toEqual([0, 1, 2]);
});

test('list and tomogram come in either order, and what lies outside is left out', async () => {
  const { particles, listed } = await opened();
  expect(particles.getState().placed).toMatchObject({ insideCount: 3 });
  expect(particles.getState().tomogram?.levels).toEqual([10, 20]);
  expect(listed()).toEqual([0, 1, 2]);

  const services = new FakeServices();
  const { actions, particles: other } = createAppStores(() => services);
  await actions.openParticles([file], []);
  expect(other.getState().placed).toBeNull();
  await actions.openTomogram({ name: 'TS_01.mrc', from: [file] });
  expect(other.getState().placed).toMatchObject({ insideCount: 3 });
});

test('another reading of the coordinates places them again', async () => {
  const { actions, particles } = await opened();
  actions.chooseFrame({ unit: 'voxel', from: 'corner', voxelSize: null });
  expect(particles.getState().placed?.insideCount).toBe(0);
  actions.chooseFrame(null);
  expect(particles.getState().placed?.insideCount).toBe(3);
});

test('is sorted, filtered and gone through', async () => {
  const { actions, particles, listed } = await opened();
  const { placed } = particles.getState().listed;
  actions.filterParticles({ order: 'listed', descending: true });
  expect(listed()).toEqual([0, 2, 1]);
  // Those that are drawn are the same.
  expect(particles.getState().listed.placed).toBe(placed);
  actions.filterParticles({ from: 0.15 });
  expect(listed()).toEqual([0, 2]);
  actions.filterParticles({ from: null, className: 'pear' });
  expect(listed()).toEqual([2, 1]);
  expect(actions.stepParticle(1)).toBe(2);
  expect(actions.stepParticle(5)).toBe(1);
  // Where it stands, in the tomogram's world.
  expect(particles.getState().look.at).toEqual([151, 102, 103]);
});

test('the network is asked batch by batch, and what it says is written down', async () => {
  const { services, actions, particles, listed } = await opened();
  services.engine.volumesAtOnce = 2;
  const done = actions.scoreParticles();
  await answerAll(services, [0, 1, 0]);
  await done;
  const { scores, scoring, scoringError } = particles.getState();
  expect([scoring, scoringError]).toEqual([null, null]);
  expect(scores).toMatchObject({ done: 3, predicted: Int16Array.of(0, 1, 0, -1) });
  expect([...scores!.score]).toEqual([1, 2, 3, Number.NaN]);
  expect([...scores!.margin].slice(0, 3)).toEqual([1, 2, 3]);
  expect(services.tomograms.cut.map(({ positions }) => positions.length / 3)).toEqual([2, 1]);
  expect(services.tomograms.cut[0]).toMatchObject({ shape: [4, 4, 4], rows: Uint32Array.of(0, 1) });
  // The list calls them apple, pear, pear.
  const state = particles.getState();
  expect([0, 1, 2].map(judge(state))).toEqual([true, true, false]);
  actions.filterParticles({ truth: 'false' });
  expect(listed()).toEqual([2]);
});

test('what the network sees and where it looks is averaged over the listed particles of each class', async () => {
  const { services, actions, particles } = await opened();
  actions.filterParticles({ from: 0.15 });
  const done = actions.averageClasses();
  await answerAll(services, [1, 1]);
  await done;
  const { means, scoring } = particles.getState();
  expect(scoring).toBeNull();
  expect(means).toMatchObject([{ index: 1, count: 2, turned: false }]);
  const [{ input, map, spread, grid }] = means!;
  expect([input.length, map.length, spread.length]).toEqual([64, 64, 64]);
  expect(grid.shape).toEqual([4, 4, 4]);
  // Another reading of the list is another question.
  actions.chooseFrame({ unit: 'voxel', from: 'corner', voxelSize: null });
  expect(particles.getState().means).toBeNull();
});

test('asking can be cancelled, and a fault is said', async () => {
  const { services, actions, particles } = await opened();
  const done = actions.scoreParticles();
  await settle();
  actions.cancelScoring();
  await done;
  expect(particles.getState()).toMatchObject({ scoring: null, scoringError: null });
  const again = actions.scoreParticles();
  await settle();
  services.engine.explains.last.fail(new Error('no'));
  await again;
  expect(particles.getState().scoringError).toBe('no');
});

test('a second list says what is really there', async () => {
  const { services, actions, particles, listed } = await opened();
  services.tomograms.list = fakeList({
    coordinates: Float64Array.of(55, 100, 100, 150, 100, 140, 350, 50, 50, 9000, 1, 1),
    classes: { names: ['apple', 'plum'], index: Int32Array.of(0, 1, 0, 0) },
  });
  await actions.openParticles([file], [], true);
  const { found, total, missed } = particles.getState().matches!;
  expect([found, total, [...missed]]).toEqual([2, 3, [350, 50, 50]]);
  const state = particles.getState();
  // The second stands where a plum is, the third where nothing is.
  expect([0, 1, 2].map(judge(state))).toEqual([true, false, false]);
  actions.filterParticles({ truth: 'true' });
  expect(listed()).toEqual([0]);
  actions.forgetTruth();
  expect(listed()).toEqual([0, 1, 2]);
});

test('what the network says is not held against a truth with classes of its own', async () => {
  const { services, actions, particles } = await opened();
  services.tomograms.list = fakeList({
    classes: { names: ['1', '2'], index: Int32Array.of(0, 1, 1, 1) },
  });
  await actions.openParticles([file], []);
  services.tomograms.list = fakeList({
    coordinates: Float64Array.of(55, 100, 100, 150, 100, 140, 9000, 1, 1, 9000, 1, 1),
    classes: { names: ['1', '2'], index: Int32Array.of(0, 0, 0, 0) },
  });
  await actions.openParticles([file], [], true);
  expect([0, 1, 2].map(judge(particles.getState()))).toEqual([true, false, false]);
  const done = actions.scoreParticles();
  await answerAll(services, [0, 1, 0]);
  await done;
  expect([0, 1, 2].map(judge(particles.getState()))).toEqual([true, false, false]);
});

test('what the network said stays when a truth comes, and its strips are those of the list', async () => {
  const { services, actions, particles } = await opened();
  const done = actions.scoreParticles();
  await answerAll(services, [0, 1, 0]);
  await done;
  actions.selectParticle(1, false);
  services.tomograms.list = fakeList({
    coordinates: Float64Array.of(55, 100, 100, 150, 100, 140, 9000, 1, 1, 9000, 1, 1),
    classes: { names: ['apple', 'plum'], index: Int32Array.of(0, 1, 0, 0) },
  });
  await actions.openParticles([file], [], true);
  const { scores, selected, matches, listed } = particles.getState();
  expect(scores?.done).toBe(3);
  expect(selected).toEqual(Uint8Array.of(1, 0, 1, 0));
  expect(matches?.findings.map(({ code }) => code)).toContain('outside');
  expect(listed.judged).toEqual({
    right: { count: 1, first: [0] },
    wrong: { count: 2, first: [1, 2] },
  });
});

test('of two lists that are read at once the one opened last stays', async () => {
  const { services, actions, particles } = await opened();
  const slow = fakeList({ fileName: 'slow.csv' });
  const reads: (() => void)[] = [];
  services.tomograms.readList = () =>
    new Promise((resolve) => reads.push(() => resolve({ list: slow, projections: false })));
  const first = actions.openParticles([file], []);
  services.tomograms.readList = async () => ({
    list: fakeList({ fileName: 'quick.csv' }),
    projections: false,
  });
  await actions.openParticles([file], []);
  reads[0]();
  await first;
  expect(particles.getState().particles?.list.fileName).toBe('quick.csv');
});

test('particles of projections need no tomogram, come with inverted contrast and leave out what is missing', async () => {
  const services = new FakeServices();
  services.tomograms.there = Uint8Array.of(0, 1, 1, 1);
  const { actions, particles, volumes } = createAppStores(() => services);
  const state = () => particles.getState();
  await actions.openParticles([file], []);
  expect(state().placed).toMatchObject({ insideCount: 3 });
  expect(state()).toMatchObject({ current: 1, invert: true });
  expect(Array.from(state().listed.sorted)).toEqual([1, 2, 3]);
  await actions.explainParticle(2);
  expect(services.tomograms.cut[0].rows).toEqual(Uint32Array.of(2));
  expect(volumes.getState().items[0].name).toBe('particles.csv particle 3.mrc');
  // Without any, they are waited for.
  const { there } = services.tomograms;
  services.tomograms.there = new Uint8Array(4);
  await actions.openParticles([file], []);
  expect(state().placed).toBeNull();
  services.tomograms.there = there;
  await actions.openBeside([file]);
  expect(state().placed).toMatchObject({ insideCount: 3 });
  expect(state().particles?.beside).toHaveLength(1);
  actions.goToParticle(2);
  // Another use of contrast transfer is another source, of the same particles.
  const { source } = state().projections!;
  actions.chooseTransfer('kept');
  expect(state().projections!.source).toMatchObject({ transfer: 'kept' });
  expect(state().projections!.source.id).not.toBe(source.id);
  expect(state().current).toBe(2);
  // With a tomogram, boxes are cut out of that.
  await actions.openTomogram({ name: 'TS_01.mrc', from: [file] });
  expect(state()).toMatchObject({ invert: false, placed: { insideCount: 3 } });
  expect(Array.from(state().listed.sorted)).toEqual([0, 1, 2]);
  actions.closeTomogram();
  expect(Array.from(state().listed.sorted)).toEqual([1, 2, 3]);
});

test('chosen rows go out in the format they came in', async () => {
  const { actions } = await opened();
  actions.selectListed(false);
  expect(await actions.selectedParticles()).toBeNull();
  actions.selectParticle(2, true);
  actions.selectParticle(0, true);
  const out = await actions.selectedParticles();
  expect(out?.name).toBe('particles.chosen.csv');
  expect(new TextDecoder().decode(out!.bytes)).toBe('x,y,z\n1,1,1\n3,3,3\n');
});

test('a particle is shown on the explain page, one at a time', async () => {
  const { stores, actions } = await opened();
  actions.invertParticles(true);
  await actions.explainParticle(1);
  await actions.explainParticle(2);
  const { items, currentId, options } = stores.volumes.getState();
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    id: currentId,
    name: 'TS_01 particle 3.mrc',
    particle: { k: 2, row: 3, list: 'particles.csv', className: 'pear' },
    volume: { shape: [4, 4, 4] },
  });
  expect(options[currentId!]).toMatchObject({ invert: true, normalization: 'model' });
});
