import { useEffect, useRef } from 'react';
import { openFiles, VOLUME_ACCEPT } from '../panels/index.ts';
import { pickFiles } from '../ui/pickFiles.ts';
import { actions, DEFAULT_CAMERA, redo, undo, viewStore } from '../state/index.ts';

interface PageActions {
  /** Other pages have only the help's key. */
  readonly explaining: boolean;
  openHelp(): void;
  readonly savePicture: (() => void) | null;
  readonly copyPicture: (() => void) | null;
}

const PANELS = ['volumes', 'views', 'classes', 'levels'];

/** What a key does; null for a key that does nothing. */
export function shortcutOf(event: KeyboardEvent, page: PageActions): (() => void) | null {
  const key = event.key.toLowerCase();
  if (!page.explaining && key !== '?') return null;
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey) return null;
    if (key === 'z') return event.shiftKey ? redo : undo;
    return key === 'y' ? redo : null;
  }
  if (event.altKey) return null;
  const panel = PANELS[Number(key) - 1];
  if (panel) return () => document.getElementById(panel)?.focus();
  const keys: Record<string, (() => void) | null> = {
    '?': page.openHelp,
    '[': () => actions.stepVolume(-1),
    ']': () => actions.stepVolume(1),
    o: chooseFiles,
    r: () =>
      viewStore.setState(({ camera }) => ({
        camera: { ...DEFAULT_CAMERA, projection: camera.projection },
      })),
    s: page.savePicture,
    c: page.copyPicture,
  };
  return keys[key] ?? null;
}

/** Keys of the whole page; typing in a field and open dialogs keep theirs. */
export function useShortcuts(page: PageActions): void {
  const current = useRef(page);
  current.current = page;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (
        event.defaultPrevented ||
        target.closest('input, textarea, [role=dialog], [role=listbox]')
      ) {
        return;
      }
      const run = shortcutOf(event, current.current);
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function chooseFiles(): void {
  void pickFiles({ accept: VOLUME_ACCEPT }).then(openFiles);
}
