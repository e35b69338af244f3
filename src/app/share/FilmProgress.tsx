import { useStore } from 'zustand';
import { Progress } from '../../ui/Progress.tsx';
import { filmStore } from './film.ts';
import styles from './FilmProgress.module.css';

/** Says how far a film is, and stops it. */
export function FilmProgress() {
  const { done, cancel } = useStore(filmStore);
  if (done === null) return null;
  return (
    <div className={styles.place} role="status">
      <Progress stage="Filming" fraction={done} onCancel={cancel} />
    </div>
  );
}
