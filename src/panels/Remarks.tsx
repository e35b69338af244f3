import { useStore } from 'zustand';
import { displayStore, explainStore, networkStore, volumesStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { type Remark, remarksOf } from './remarks.ts';
import { classes } from '../ui/classes.ts';
import styles from './Remarks.module.css';

const ON_CARD: readonly Remark['id'][] = ['contrast', 'size'];

function useRemarks(): Remark[] {
  const volumes = useStore(volumesStore);
  const network = useStore(networkStore);
  const display = useStore(displayStore);
  return remarksOf({ volumes, network, display });
}

/** Between the headline and the views; takes no room while there is nothing to remark. */
export function Remarks() {
  // The card that asks how a volume fits asks about these itself.
  const asked = useStore(explainStore, (state) => state.mismatch !== null);
  const remarks = useRemarks().filter(({ id }) => !asked || !ON_CARD.includes(id));
  return (
    <div className={styles.remarks} role="status">
      {remarks.map((remark) => (
        <RemarkLine key={remark.id} remark={remark} />
      ))}
    </div>
  );
}

/** One kind of remark alone, e.g. on a card; nothing while it does not hold. */
export function OneRemark({ id }: { readonly id: Remark['id'] }) {
  const remark = useRemarks().find((one) => one.id === id);
  return remark ? <RemarkLine remark={remark} /> : null;
}

function RemarkLine({ remark: { text, remedy } }: { readonly remark: Remark }) {
  return (
    <p className={classes('remark', styles.remarkLine)}>
      <span>{text}</span>
      {remedy && <Button onClick={remedy.run}>{remedy.label}</Button>}
    </p>
  );
}
