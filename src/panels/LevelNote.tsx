import { useStore } from 'zustand';
import { actions, DEFAULT_LEVELS, displayStore, viewStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { contourNote } from './contourNote.ts';
import styles from './LevelNote.module.css';

/** Why a column shows no contour, and what to do about it; nothing while it shows one. */
export function LevelNote({ side }: { readonly side: 'left' | 'right' }) {
  const shown = useStore(displayStore, (display) => display[side]);
  const sign = useStore(viewStore, (view) => view.sign);
  const scaleMode = useStore(displayStore, (display) => display.scaleMode);
  const text = shown && contourNote(shown, sign, scaleMode);
  if (!text) return null;
  return (
    <div className={styles.levelNote} role="status">
      <span>{text}</span>
      {shown.peak === 0 ? null : scaleMode === 'shared' ? (
        <Button onClick={() => actions.setView({ scaleMode: 'own' })}>Own scale</Button>
      ) : (
        <Button onClick={() => actions.setLevels(DEFAULT_LEVELS)}>Usual levels</Button>
      )}
    </div>
  );
}
