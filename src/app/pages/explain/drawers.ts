import { createStore } from 'zustand/vanilla';

export type DrawerId = 'volumes' | 'classes';

/** The drawer over the explain page, where its side panels are drawers. */
export const drawersStore = createStore<{ readonly open: DrawerId | null }>(() => ({ open: null }));

/** Takes the keyboard to a panel, opening its drawer where it is in one. */
export function goToPanel(id: DrawerId | 'views' | 'levels'): void {
  const panel = document.getElementById(id);
  if (panel) panel.focus();
  else if (id === 'volumes' || id === 'classes') drawersStore.setState({ open: id });
}
