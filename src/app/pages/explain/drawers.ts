import { createStore } from 'zustand/vanilla';
import { structureStore } from '../../../state/index.ts';
import { VOLUMES_IN_DRAWER } from '../../breakpoints.ts';

export type DrawerId = 'volumes' | 'classes';

/** What stands at the left of the views: small pictures of the volumes, the whole panel, or nothing. */
export const LEFT_SIDES = ['rail', 'panel', 'none'] as const;
export type LeftSide = (typeof LEFT_SIDES)[number];

interface SidesState {
  /** The drawer over the explain page, where its side panels are drawers. */
  readonly open: DrawerId | null;
  readonly left: LeftSide;
  /** Whether the strip of layers is shown; null where the window is high enough. */
  readonly strip: boolean | null;
}

export const drawersStore = createStore<SidesState>(() => ({
  open: null,
  left: 'rail',
  strip: null,
}));

/** Another left side, with the keyboard in it. */
export function showLeft(left: LeftSide): void {
  drawersStore.setState({ left });
  requestAnimationFrame(() =>
    document.getElementById(left === 'none' ? 'views' : 'volumes')?.focus(),
  );
}

/** Shows the whole panel when a structure is opened: it is placed there. */
export function showOpenedStructures(): void {
  structureStore.subscribe(({ file }, before) => {
    if (file && file !== before.file) drawersStore.setState({ left: 'panel' });
  });
}

/** Takes the keyboard to a panel, opening its drawer where it is in one. */
export function goToPanel(id: DrawerId | 'views' | 'levels'): void {
  const panel = document.getElementById(id);
  if (panel) panel.focus();
  else if (id === 'volumes' && !matchMedia(VOLUMES_IN_DRAWER).matches) showLeft('rail');
  else if (id === 'volumes' || id === 'classes') drawersStore.setState({ open: id });
}
