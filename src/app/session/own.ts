import type { StoreApi } from 'zustand/vanilla';
import { VIEW_CHOICES, viewStore } from '../../state/index.ts';
import { drawersStore, LEFT_SIDES } from '../pages/explain/drawers.ts';

/**
 * Takes a value of the last visit at once, and keeps the one chosen in this browser. What is kept so is the reader's
 * own and in no session.
 *
 * @param of null where nothing was chosen
 */
function keepOwn<S, T extends string>(
  key: string,
  store: StoreApi<S>,
  values: readonly T[],
  of: (state: S) => T | null,
  taken: (value: T) => Partial<S>,
): void {
  const name = `respond-cam ${key}`;
  const kept = withStorage((storage) => storage.getItem(name));
  const value = values.find((one) => one === kept);
  if (value !== undefined) store.setState(taken(value));
  store.subscribe((state, before) => {
    const next = of(state);
    if (next !== null && next !== of(before)) withStorage((storage) => storage.setItem(name, next));
  });
}

/** Browsers may have no storage, or no room in it: all is as in the first visit then. */
function withStorage<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

const THEMES = Object.keys(VIEW_CHOICES.theme.values) as (keyof typeof VIEW_CHOICES.theme.values)[];

/** The theme, and which panels stand beside the views. */
export function followOwn(): void {
  keepOwn(
    'theme',
    viewStore,
    THEMES,
    ({ theme }) => theme,
    (theme) => ({ theme }),
  );
  keepOwn(
    'left side',
    drawersStore,
    LEFT_SIDES,
    ({ left }) => left,
    (left) => ({ left }),
  );
  keepOwn(
    'strip',
    drawersStore,
    ['shown', 'hidden'],
    ({ strip }) => (strip === null ? null : strip ? 'shown' : 'hidden'),
    (strip) => ({ strip: strip === 'shown' }),
  );
}
