import { expect, it } from 'vitest';
import { type Filter, FilterStore } from './filters.ts';
import { KernelRuntime } from './runtime.ts';

function filter(): Filter & { dispose(): void } {
  let alive = true;
  return {
    values: new Float32Array(4),
    key: {},
    alive: () => alive,
    dispose: () => {
      alive = false;
    },
  };
}

/** Address of the form `a` of a filter, written where it is not kept. */
function keep(store: FilterStore, one: Filter, bytes = 100, form = 'a'): number | undefined {
  const at = store.find(one.key, form) ?? store.reserve(one, form, bytes);
  if (at !== undefined) store.filled(at);
  return at;
}

it('keeps the forms of a filter apart, one behind the other', () => {
  const store = new FilterStore(10, 1000);
  const one = filter();
  expect(store.end).toBe(10);
  expect(keep(store, one)).toBe(64);
  expect(keep(store, one, 100, 'b')).toBe(192);
  expect(store.find(one.key, 'a')).toBe(64);
  expect(store.find(one.key, 'b')).toBe(192);
  expect(store.end).toBe(292);
});

it('does not find what was reserved but never written', () => {
  const store = new FilterStore(0, 1000);
  const one = filter();
  expect(store.reserve(one, 'a', 100)).toBe(0);
  expect(store.find(one.key, 'a')).toBeUndefined();
  expect(store.reserve(one, 'a', 100)).toBe(0);
});

it('drops the least recently used within its budget, and keeps nothing beyond it', () => {
  const store = new FilterStore(0, 400);
  const [a, b, c, d] = [filter(), filter(), filter(), filter()];
  for (const one of [a, b, c]) keep(store, one);
  keep(store, a);
  expect(keep(store, d)).toBe(128);
  expect(store.find(b.key, 'a')).toBeUndefined();
  expect(store.find(a.key, 'a')).toBe(0);
  expect(store.find(c.key, 'a')).toBe(256);
  expect(keep(store, filter(), 401)).toBeUndefined();
  expect(store.find(a.key, 'a')).toBe(0);
  expect(store.end).toBeLessThanOrEqual(400);
});

it('keeps some of the filters that are used in turns and do not all fit', () => {
  const store = new FilterStore(0, 400);
  const turn = [filter(), filter(), filter(), filter()];
  for (const one of turn) keep(store, one);
  for (let round = 0; round < 3; round++) {
    expect(turn.map((one) => keep(store, one))).toEqual([undefined, 128, 256, 0]);
  }
  // Others are not kept out by that.
  expect(keep(store, filter())).toBeDefined();
});

it('gives the place of a filter that is gone to the next', () => {
  const store = new FilterStore(0, 1000);
  const [a, b] = [filter(), filter()];
  keep(store, a);
  keep(store, b);
  a.dispose();
  expect(keep(store, filter(), 90)).toBe(0);
  expect(store.find(b.key, 'a')).toBe(128);
});

it('keeps a filter that changes in place only from the second use without a change on', () => {
  const store = new FilterStore(0, 1000);
  const one = filter();
  keep(store, one);
  for (let change = 0; change < 3; change++) {
    store.written(one.key);
    expect(store.find(one.key, 'a')).toBeUndefined();
    expect(keep(store, one)).toBeUndefined();
    expect(keep(store, one, 100, 'b')).toBeUndefined();
    expect(store.end).toBe(0);
  }
  expect(keep(store, one)).toBe(0);
});

it('an operation that lacks memory takes that of the kept filters', async () => {
  const runtime = await KernelRuntime.create(1);
  const bytes = 64 * 2 ** 20;
  const kept = runtime.resetWith(filter(), 'a', bytes, () => undefined);
  expect(runtime.filters.end).toBe(kept + bytes);
  const starts: number[] = [];
  const work = () => {
    runtime.reset();
    starts.push(runtime.allocate(2 ** 31 - bytes));
  };
  runtime.operate(work);
  expect(starts).toEqual([256]);
  expect(() => runtime.operate(() => runtime.allocate(2 ** 31))).toThrow(RangeError);
  runtime.dispose();
});
