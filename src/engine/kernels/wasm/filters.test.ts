import { expect, it } from 'vitest';
import { type Filter, FilterStore } from './filters.ts';
import { startRuntime } from './testing.ts';

function filter(): Filter & { dispose(): void } {
  let alive = true;
  return {
    at: 0,
    key: {},
    alive: () => alive,
    dispose: () => {
      alive = false;
    },
  };
}

/** A store in a heap that begins at `base`. */
const storeAt = (base: number, budget: number) =>
  new FilterStore({ malloc: () => base, free: () => undefined, crowded: false }, budget);

/** Address of the form `a` of a filter, written where it is not kept. */
function keep(store: FilterStore, one: Filter, bytes = 100, form = 'a'): number | undefined {
  const at = store.find(one.key, form) ?? store.reserve(one, form, bytes);
  if (at !== undefined) store.filled(at);
  return at;
}

it('keeps the forms of a filter apart, one behind the other', () => {
  const store = storeAt(10, 1000);
  const one = filter();
  expect(keep(store, one)).toBe(64);
  expect(keep(store, one, 100, 'b')).toBe(192);
  expect(store.find(one.key, 'a')).toBe(64);
  expect(store.find(one.key, 'b')).toBe(192);
});

it('does not find what was reserved but never written', () => {
  const store = storeAt(64, 1000);
  const one = filter();
  expect(store.reserve(one, 'a', 100)).toBe(64);
  expect(store.find(one.key, 'a')).toBeUndefined();
  expect(store.reserve(one, 'a', 100)).toBe(64);
});

it('drops the least recently used within its budget, and keeps nothing beyond it', () => {
  const store = storeAt(64, 400);
  const [a, b, c, d] = [filter(), filter(), filter(), filter()];
  for (const one of [a, b, c]) keep(store, one);
  keep(store, a);
  expect(keep(store, d)).toBe(192);
  expect(store.find(b.key, 'a')).toBeUndefined();
  expect(store.find(a.key, 'a')).toBe(64);
  expect(store.find(c.key, 'a')).toBe(320);
  expect(keep(store, filter(), 401)).toBeUndefined();
  expect(store.find(a.key, 'a')).toBe(64);
});

it('keeps some of the filters that are used in turns and do not all fit', () => {
  const store = storeAt(64, 400);
  const turn = [filter(), filter(), filter(), filter()];
  for (const one of turn) keep(store, one);
  for (let round = 0; round < 3; round++) {
    expect(turn.map((one) => keep(store, one))).toEqual([undefined, 192, 320, 64]);
  }
  // Others are not kept out by that.
  expect(keep(store, filter())).toBeDefined();
});

it('gives the place of a filter that is gone to the next', () => {
  const store = storeAt(64, 1000);
  const [a, b] = [filter(), filter()];
  keep(store, a);
  keep(store, b);
  a.dispose();
  expect(keep(store, filter(), 90)).toBe(64);
  expect(store.find(b.key, 'a')).toBe(192);
});

it('keeps a filter that changes in place only from the second use without a change on', () => {
  const store = storeAt(64, 1000);
  const one = filter();
  keep(store, one);
  for (let change = 0; change < 3; change++) {
    store.written(one.key);
    expect(store.find(one.key, 'a')).toBeUndefined();
    expect(keep(store, one)).toBeUndefined();
    expect(keep(store, one, 100, 'b')).toBeUndefined();
  }
  expect(keep(store, one)).toBe(64);
});

it('an operation or a tensor that lacks memory takes that of the kept filters', async () => {
  const { backend, runtime } = await startRuntime(1);
  const keepOne = () => {
    const one = filter();
    runtime.operate(() => runtime.filter(one, 'a', 64, () => undefined));
    return () => runtime.filters.find(one.key, 'a') !== undefined;
  };
  const tensor = (mebibytes: number) => backend.makeOutput([mebibytes * 2 ** 18], 'float32').dataId;
  const some = 300;
  let isKept = keepOne();
  // Of 4 GiB too little is left, beside the 384 MiB of the filters.
  const before = [tensor(1800), tensor(1650)];
  let tries = 0;
  runtime.operate(() => {
    tries++;
    return runtime.allocate(some * 2 ** 20);
  });
  expect(tries).toBe(2);
  expect(isKept()).toBe(false);

  // In so full a heap none is kept.
  isKept = keepOne();
  expect(isKept()).toBe(false);
  before.push(tensor(some));
  expect(() => tensor(some)).toThrow('WebAssembly has no memory left');
  expect(() => runtime.operate(() => runtime.allocate(some * 2 ** 20))).toThrow('no memory left');
  for (const dataId of before) backend.disposeData(dataId);
  expect(backend.disposeData(tensor(some))).toBe(true);
  runtime.dispose();
});
