import { expect, it } from 'vitest';
import { shownClass, shownLayer } from './explain.ts';
import { createAppStores } from './stores.ts';
import {
  FakeServices,
  fakeExplanation,
  fakeLayer,
  fakeModel,
  fakeOpened,
  mapsIn,
  pairOf,
} from './testing/fakes.ts';
import { optionsOf } from './volumes.ts';
import { picker } from '../testing/random.ts';

const SEQUENCES = 400;
const STEPS = 14;

/** Two networks of the same classes and one of others; each has a layer that the others lack. */
const NETWORKS = [
  { id: 'x', classes: ['apple', 'pear', 'plum'], layers: ['conv1', 'pool'] },
  { id: 'same', classes: ['apple', 'pear', 'plum'], layers: ['conv1', 'conv2', 'pool'] },
  { id: 'y', classes: ['ant', 'bee', 'cow', 'dog', 'elk'], layers: ['deep', 'pool'] },
].map(({ id, classes, layers }) =>
  fakeModel(id, {
    classes,
    layers: layers.map((name) => fakeLayer(name, 'Conv3D', [4, 4, 4, 1])),
  }),
);

const METHODS = ['grad', 'respond', 'gradpp', 'guided'] as const;

/** Whole numbers below a bound. */
function seeded(seed: number) {
  const pick = picker(seed);
  return (below: number) => pick(0, below - 1);
}

/** Runs whatever is settled, without waiting for a timer. */
const flush = async () => {
  for (let i = 0; i < 20; i++) await null;
};

async function play(seed: number) {
  const random = seeded(seed);
  const services = new FakeServices();
  const app = createAppStores(() => services);
  const { actions, explain, network, volumes, display, history } = app;
  /** Class and layer that were chosen under a network, or came along with its first use. */
  const own = new Map<string, Set<string>>();
  const choice = () => {
    const { classIndex, layer } = explain.getState();
    return [`class ${classIndex}`, `layer ${layer}`];
  };
  const remember = () => {
    const id = network.getState().model?.id ?? '';
    const known = own.get(id) ?? new Set(['class null', 'layer null']);
    for (const one of choice()) known.add(one);
    own.set(id, known);
  };
  const open = (name: string) => {
    void actions.openVolumes([{ name, source: name, origin: 'url' }]);
    services.opens.last.answer([fakeOpened(name)]);
  };
  const answerExplain = () => {
    const call = services.engine.explains.calls.at(-1);
    if (!call) return;
    const { model } = call.request;
    const { classes } = NETWORKS.find(({ id }) => id === model)!;
    call.answer(fakeExplanation(call.request, classes.length));
  };
  const load = (index: number) => {
    const { id } = NETWORKS[index];
    void actions.loadNetwork({ kind: 'url', url: id, id });
  };
  const answerLoad = () => {
    const call = services.engine.loads.calls.at(-1);
    if (call) call.answer(NETWORKS.find(({ id }) => id === call.request.id)!);
  };
  const steps: Record<string, () => void> = {
    load: () => load(random(3)),
    loaded: answerLoad,
    cancelLoad: () => actions.cancelNetwork(),
    class: () => {
      const classes = network.getState().model?.classes.length ?? 1;
      actions.chooseClass(random(2) ? random(classes) : null);
    },
    layer: () => {
      const layers = network.getState().model?.layers ?? [];
      if (layers.length > 0) actions.chooseLayer(layers[random(layers.length)].name);
    },
    method: () => actions.setPanels(pairOf(METHODS[random(4)], METHODS[random(4)])),
    answered: answerExplain,
    cancel: () => actions.cancelExplanation(),
    step: () => actions.stepVolume(1),
    invert: () => actions.setInputOptions({ invert: random(2) === 0 }),
    undo: () => history.undo(),
    redo: () => history.redo(),
  };
  const check = (step: string) => {
    const where = `seed ${seed}, after ${step}`;
    const { model } = network.getState();
    const { classIndex, layer, answer, stale, status } = explain.getState();
    const { currentId } = volumes.getState();
    if (!model) return;
    if (step === 'undo' || step === 'redo') {
      for (const one of choice()) expect(own.get(model.id), where).toContain(one);
    } else remember();
    expect(layer === null || model.layers.some(({ name }) => name === layer), where).toBe(true);
    expect(classIndex === null || classIndex < model.classes.length, where).toBe(true);
    if (!answer) {
      expect([status === 'ready', stale], where).toEqual([false, false]);
      return;
    }
    // What is shown names itself, whatever is chosen meanwhile.
    const { answer: named } = display.getState();
    const [left, right] = mapsIn(app);
    expect(answer.item.id, where).toBe(currentId);
    expect(named, where).toBe(answer);
    const layer0 = shownLayer(explain.getState())?.name;
    for (const one of [left, right])
      expect(one?.layer, where).toBe(one?.method === 'guided' ? 'input' : layer0);
    const shown = shownClass(explain.getState())!;
    expect([left?.classIndex, right?.classIndex], where).toEqual([shown, shown]);
    expect(answer.result.scores.length, where).toBe(answer.model.classes.length);
    expect(shown < answer.model.classes.length, where).toBe(true);
    expect(right?.map.data[1], where).toBeCloseTo(shown + 1, 0);
    if (stale) return;
    expect(pairOf(left!.method, right!.method), where).toEqual(explain.getState().panels);
    const { invert } = optionsOf(volumes.getState());
    expect(answer.model.id, where).toBe(model.id);
    expect(answer.result.layers[0].name, where).toBe(layer ?? model.defaultLayer);
    expect(answer.volumeKey.split('|')[2], where).toBe(String(invert));
    expect(answer.lastClass, where).toBeNull();
  };
  open('one');
  await flush();
  open('two');
  await flush();
  load(random(3));
  answerLoad();
  await flush();
  remember();
  const names = Object.keys(steps);
  for (let i = 0; i < STEPS; i++) {
    const step = names[random(names.length)];
    steps[step]();
    check(step);
    await flush();
    check(step);
  }
}

it(`keeps class, method, layer, volume and network of the picture together in ${SEQUENCES} random sequences`, async () => {
  for (let seed = 1; seed <= SEQUENCES; seed++) await play(seed);
}, 60_000);
