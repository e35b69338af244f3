import { createStore, type StoreApi } from 'zustand/vanilla';

export type Tone = 'error' | 'info';

export interface Remedy {
  readonly label: string;
  run(): void;
}

export interface Notice {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  /** How often it was said since it was last dismissed. */
  readonly times: number;
  readonly remedy?: Remedy;
}

export interface NoticesState {
  /** The newest last. */
  readonly items: readonly Notice[];
}

export type NoticesStore = StoreApi<NoticesState>;

export const createNoticesStore = (): NoticesStore =>
  createStore<NoticesState>(() => ({ items: [] }));

const LIMIT = 3;
let counter = 0;
/** Milliseconds that an information stays; an error stays until it is dismissed, or something else is opened. */
export const INFO_MS = 8000;

/**
 * Shows one sentence. The same sentence is shown once and counted; of too many, informations give way
 * before errors and old ones before new.
 */
export function notify(store: NoticesStore, tone: Tone, text: string, remedy?: Remedy): void {
  const { items } = store.getState();
  const same = items.find((item) => item.text === text);
  const id = ++counter;
  const notice = { id, tone, text, times: (same?.times ?? 0) + 1, remedy };
  const kept = [...items.filter((item) => item !== same), notice];
  while (kept.length > LIMIT) {
    const info = kept.findIndex((item) => item !== notice && item.tone === 'info');
    kept.splice(Math.max(0, info), 1);
  }
  store.setState({ items: kept });
  if (tone === 'info') setTimeout(() => dismiss(store, id), INFO_MS);
}

export function dismiss(store: NoticesStore, id: number): void {
  keep(store, (item) => item.id !== id);
}

/** What failed before says nothing of what is opened now. */
export function dismissErrors(store: NoticesStore): void {
  keep(store, ({ tone }) => tone !== 'error');
}

function keep(store: NoticesStore, kept: (item: Notice) => boolean): void {
  const { items } = store.getState();
  const left = items.filter(kept);
  if (left.length < items.length) store.setState({ items: left });
}
