import { useStore } from 'zustand';
import { actions, type Column, DEFAULT_LEVELS, viewStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { columnTitle } from './columnTitle.ts';
import { contourNote } from './contourNote.ts';
import { emptyMap, type Remedy } from './emptyMap.ts';
import styles from './LevelNote.module.css';

/** Where a map is subtracted from another one. */
const NOTHING_LEFT = {
  map: 'The two maps are the same.',
  mean: 'All classes have this map, so that nothing is left without their mean.',
};

/** Why a column shows no contour, and what to do about it; nothing while it shows one. */
export function LevelNote({ column }: { readonly column: Column }) {
  const { id, shown, answer } = column;
  const sign = useStore(viewStore, (view) => view.sign);
  if (!shown || !answer) return null;
  if (shown.peak === 0) {
    const { text, remedy } = shown.minus
      ? { text: NOTHING_LEFT[shown.minus === 'mean' ? 'mean' : 'map'], remedy: null }
      : emptyMap(shown, answer);
    return (
      <div className={styles.levelNote} role="status">
        <span>{text}</span>
        {remedy && <Button onClick={() => follow(remedy, id)}>{remedy.label}</Button>}
      </div>
    );
  }
  const text = contourNote(shown, sign, columnTitle(column));
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
