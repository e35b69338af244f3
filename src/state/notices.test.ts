import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createNoticesStore, dismiss, dismissErrors, INFO_MS, notify } from './notices.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const open = () => {
  const store = createNoticesStore();
  return { store, texts: () => store.getState().items.map(({ text }) => text) };
};

it('takes informations away by itself and keeps errors until they are dismissed', () => {
  const { store, texts } = open();
  notify(store, 'error', 'a.mrc is empty');
  notify(store, 'info', 'The picture was copied.');
  vi.advanceTimersByTime(INFO_MS);
  expect(texts()).toEqual(['a.mrc is empty']);
  vi.advanceTimersByTime(1e9);
  dismiss(store, store.getState().items[0].id);
  expect(texts()).toEqual([]);
});

it('takes errors away where something else is opened, and never another notice of an earlier timer', () => {
  const { store, texts } = open();
  notify(store, 'info', 'Copied.');
  dismiss(store, store.getState().items[0].id);
  notify(store, 'error', 'a.mrc is empty');
  vi.advanceTimersByTime(INFO_MS);
  notify(store, 'info', 'Saved.');
  expect(texts()).toEqual(['a.mrc is empty', 'Saved.']);
  dismissErrors(store);
  expect(texts()).toEqual(['Saved.']);
});

it('counts the same sentence instead of repeating it, and shows it as long as a new one', () => {
  const { store } = open();
  notify(store, 'info', 'Copied.');
  vi.advanceTimersByTime(INFO_MS - 1);
  notify(store, 'info', 'Copied.');
  vi.advanceTimersByTime(INFO_MS - 1);
  expect(store.getState().items).toMatchObject([{ text: 'Copied.', times: 2 }]);
  vi.advanceTimersByTime(1);
  expect(store.getState().items).toEqual([]);
});

it('shows a few at most: informations give way before errors, old ones before new', () => {
  const { store, texts } = open();
  notify(store, 'error', 'one');
  notify(store, 'info', 'two');
  notify(store, 'error', 'three');
  notify(store, 'error', 'four');
  expect(texts()).toEqual(['one', 'three', 'four']);
  notify(store, 'info', 'five');
  expect(texts()).toEqual(['three', 'four', 'five']);
});
