import type { StoreApi } from 'zustand/vanilla';

/** The read-only part of a store; `useStore` of zustand takes it. */
export type ReadStore<T> = Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'>;

type Source = Pick<StoreApi<unknown>, 'getState' | 'subscribe'>;

/**
 * A value computed from other stores, as a store. Computed when read and only when `inputs` changed
 * by identity, so it is never stale and never computed twice.
 */
export function derive<T>(
  sources: readonly Source[],
  inputs: () => readonly unknown[],
  compute: () => T,
): ReadStore<T> {
  let last: { inputs: readonly unknown[]; value: T } | null = null;
  const getState = () => {
    const current = inputs();
    if (!last || current.some((input, i) => !Object.is(input, last!.inputs[i]))) {
      last = { inputs: current, value: compute() };
    }
    return last.value;
  };
  return {
    getState,
    getInitialState: getState,
    subscribe(listener) {
      let previous = getState();
      const check = () => {
        const value = getState();
        if (Object.is(value, previous)) return;
        const before = previous;
        previous = value;
        listener(value, before);
      };
      const stops = sources.map((source) => source.subscribe(check));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
