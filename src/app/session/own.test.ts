import { expect, it, vi } from 'vitest';
import { viewStore } from '../../state/index.ts';
import { drawersStore } from '../pages/explain/drawers.ts';
import { followOwn } from './own.ts';

it('takes the theme and the panels of the last visit, and keeps those chosen', () => {
  const kept = new Map([
    ['respond-cam theme', 'dark'],
    ['respond-cam left side', 'cellar'],
    ['respond-cam strip', 'hidden'],
  ]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  try {
    followOwn();
    expect(viewStore.getState().theme).toBe('dark');
    expect(drawersStore.getState()).toMatchObject({ left: 'rail', strip: false });
    drawersStore.setState({ left: 'panel', strip: true });
    viewStore.setState({ theme: 'light' });
    expect([...kept.values()]).toEqual(['light', 'panel', 'shown']);
  } finally {
    vi.unstubAllGlobals();
  }
});
