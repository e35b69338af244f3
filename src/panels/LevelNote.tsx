import { useStore } from 'zustand';
import { actions, type Column, DEFAULT_LEVELS, viewStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { contourNote } from './contourNote.ts';
import { emptyMap, type Remedy } from './emptyMap.ts';
import styles from './LevelNote.module.css';

/** Why a column shows no contour, and what to do about it; nothing while it shows one. */
export function LevelNote({ column: { id, shown, answer } }: { readonly column: Column }) {
  const sign = useStore(viewStore, (view) => view.sign);
  if (!shown || !answer) return null;
  if (shown.peak === 0) {
    const { text, remedy } = emptyMap(shown, answer);
    return (
      <div className={styles.levelNote} role="status">
        <span>{text}</span>
        {remedy && <Button onClick={() => follow(remedy, id)}>{remedy.label}</Button>}
      </div>
    );
  }
  const text = contourNote(shown, sign);
  if (!text) return null;
  return (
    <div className={styles.levelNote} role="status">
      <span>{text}</span>
      {shown.shared ? (
        <Button onClick={() => actions.setView({ scaleMode: 'own' })}>Own scale</Button>
      ) : (
        <Button onClick={() => actions.setLevels(DEFAULT_LEVELS)}>Usual levels</Button>
      )}
    </div>
  );
}

function follow(remedy: Remedy, id: string): void {
  if ('method' in remedy) actions.chooseMethod(id, remedy.method);
  else if (remedy.suggested === 'layer') actions.chooseLayer(null);
  else actions.chooseClass(null);
}
