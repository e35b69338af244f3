import { beforeEach, describe, expect, it } from 'vitest';
import { createHistory } from './history.ts';
import { createAppStores } from './stores.ts';
import { FakeServices } from './testing/fakes.ts';
import { DEFAULT_LEVELS } from './view.ts';

describe('undo', () => {
  let value: number;
  let time: number;
  const history = () =>
    createHistory<{ value: number }>({
      take: () => ({ value }),
      restore: (part) => {
        value = part.value!;
      },
      scopeOf: () => null,
      now: () => time,
    });
  beforeEach(() => {
    value = 0;
    time = 0;
  });
  const set = (v: number) => () => {
    value = v;
  };

  it('goes back and forth, and forgets the way forward after a new choice', () => {
    const h = history();
    h.commit('one', set(1));
    h.commit('two', set(2));
    h.undo();
    expect(value).toBe(1);
    h.redo();
    expect(value).toBe(2);
    h.undo();
    h.commit('three', set(3));
    expect(h.store.getState()).toMatchObject({ canRedo: false, undoLabel: 'three' });
    h.undo();
    h.undo();
    expect(value).toBe(0);
    expect(h.store.getState().canUndo).toBe(false);
  });

  it('takes a drag as one step, but not two drags', () => {
    const h = history();
    for (const v of [1, 2, 3]) {
      time += 100;
      h.commit('level', set(v), { merge: true });
    }
    time += 5000;
    h.commit('level', set(9), { merge: true });
    h.undo();
    expect(value).toBe(3);
    h.undo();
    expect(value).toBe(0);
  });
});

describe('undo of choices', () => {
  it('puts back levels, sign and class, and leaves camera and crosshair alone', () => {
    const services = new FakeServices();
    const app = createAppStores(() => services);
    app.actions.setLevels({ unit: 'sigma', values: [2] });
    app.actions.setView({ sign: 'positive' });
    app.actions.chooseClass(4);
    app.view.setState({ crosshair: [1, 2, 3] });
    for (let i = 0; i < 3; i++) app.history.undo();
    expect(app.view.getState()).toMatchObject({
      levels: DEFAULT_LEVELS,
      sign: 'both',
      crosshair: [1, 2, 3],
    });
    expect(app.explain.getState().classIndex).toBeNull();
    app.history.redo();
    expect(app.view.getState().levels.unit).toBe('sigma');
  });
});
