import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { actions, explainStore } from '../state/index.ts';
import { classes } from '../ui/classes.ts';
import { GripIcon } from '../ui/icons.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import styles from './PanelGrip.module.css';

interface Drag {
  /** Id of the panel that is moved, and of the one that it is over. */
  readonly id: string;
  readonly over: string;
}

const dragStore = createStore<{ readonly drag: Drag | null }>(() => ({ drag: null }));

/** Where a panel that is dragged would go: before or after this one; null where it would not. */
export function useDropSide(id: string): 'before' | 'after' | null {
  const drag = useStore(dragStore, (state) => state.drag);
  const panels = useStore(explainStore, (state) => state.panels);
  if (!drag || drag.over !== id || drag.id === id) return null;
  const place = (of: string) => panels.findIndex((panel) => panel.id === of);
  return place(drag.id) < place(id) ? 'after' : 'before';
}

interface PanelGripProps {
  readonly id: string;
  readonly title: string;
}

/** Takes hold of a panel: dragged over another one, or moved by the arrow keys. */
export function PanelGrip({ id, title }: PanelGripProps) {
  const held = useRef(false);
  const down = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    held.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = ({ clientX, clientY }: PointerEvent) => {
    if (!held.current) return;
    const under = document
      .elementsFromPoint(clientX, clientY)
      .map((element) => element.closest<HTMLElement>('[data-panel]')?.dataset.panel)
      .find((found) => found !== undefined);
    dragStore.setState({ drag: { id, over: under ?? id } });
  };
  const end = (event: PointerEvent) => {
    const { drag } = dragStore.getState();
    held.current = false;
    dragStore.setState({ drag: null });
    if (event.type !== 'pointerup' || !drag || drag.over === id) return;
    const { panels } = explainStore.getState();
    const place = (of: string) => panels.findIndex((panel) => panel.id === of);
    actions.movePanel(id, place(drag.over) - place(id));
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    actions.movePanel(id, by);
  };
  return (
    <Tooltip text="Drag, or use the arrow keys, to move this panel">
      <button
        type="button"
        className={classes('panel-grip', styles.grip)}
        aria-label={`Move ${title}`}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={key}
      >
        <GripIcon />
      </button>
    </Tooltip>
  );
}
