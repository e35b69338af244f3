import { useStore } from 'zustand';
import { type Column, explainStore } from '../state/index.ts';
import { Progress } from '../ui/Progress.tsx';
import styles from './PanelStatus.module.css';

/** Why a panel that asks something else than the header has no map yet. */
export function PanelStatus({ column: { own, shown } }: { readonly column: Column }) {
  // Until then the status of what the header asks lies over all panels.
  const answered = useStore(explainStore, ({ answer }) => answer !== null);
  if (!own || own.status === 'ready') return null;
  if (own.status === 'error') {
    return (
      <p className={styles.status} role="alert">
        {own.error}
      </p>
    );
  }
  if ((shown || !answered) && !own.progress) return null;
  return (
    <div className={styles.status}>
      <Progress {...(own.progress ?? { stage: 'Waiting for the others' })} />
    </div>
  );
}
