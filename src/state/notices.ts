import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Notice {
  readonly id: number;
  readonly tone: 'error' | 'info';
  readonly text: string;
}

export interface NoticesState {
  readonly items: readonly Notice[];
}

export type NoticesStore = StoreApi<NoticesState>;

export const createNoticesStore = (): NoticesStore =>
  createStore<NoticesState>(() => ({ items: [] }));

const LIMIT = 4;

/** Shows one sentence; the same sentence is not shown twice, the oldest gives way. */
export function notify(store: NoticesStore, tone: Notice['tone'], text: string): void {
  const { items } = store.getState();
  const others = items.filter((item) => item.text !== text);
  const id = items.reduce((most, item) => Math.max(most, item.id), 0) + 1;
  store.setState({ items: [...others, { id, tone, text }].slice(-LIMIT) });
}

export function dismiss(store: NoticesStore, id: number): void {
  store.setState({ items: store.getState().items.filter((item) => item.id !== id) });
}
