import { useStore } from 'zustand';
import { actions, DEFAULT_LEVELS, displayStore, explainStore, viewStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { contourNote } from './contourNote.ts';
import { emptyMap, type Remedy } from './emptyMap.ts';
import styles from './LevelNote.module.css';

/** Why a column shows no contour, and what to do about it; nothing while it shows one. */
export function LevelNote({ side }: { readonly side: 'left' | 'right' }) {
  const shown = useStore(displayStore, (display) => display[side]);
  const answer = useStore(displayStore, (display) => display.answer);
  const sign = useStore(viewStore, (view) => view.sign);
  const scaleMode = useStore(displayStore, (display) => display.scaleMode);
  if (shown?.peak === 0 && answer) {
    const { text, remedy } = emptyMap(shown, answer);
    return (
      <div className={styles.levelNote} role="status">
        <span>{text}</span>
        {remedy && <Button onClick={() => follow(remedy, side)}>{remedy.label}</Button>}
      </div>
    );
  }
  const text = shown && contourNote(shown, sign, scaleMode);
  if (!text) return null;
  return (
    <div className={styles.levelNote} role="status">
      <span>{text}</span>
      {scaleMode === 'shared' ? (
        <Button onClick={() => actions.setView({ scaleMode: 'own' })}>Own scale</Button>
      ) : (
        <Button onClick={() => actions.setLevels(DEFAULT_LEVELS)}>Usual levels</Button>
      )}
    </div>
  );
}

function follow(remedy: Remedy, side: 'left' | 'right'): void {
  if ('method' in remedy) {
    const [left, right] = explainStore.getState().methods;
    if (side === 'left') actions.chooseMethods(remedy.method, right);
    else actions.chooseMethods(left, remedy.method);
  } else if (remedy.suggested === 'layer') actions.chooseLayer(null);
  else actions.chooseClass(null);
}
