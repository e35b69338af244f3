import { useStore } from 'zustand';
import { CheckIcon } from '../../ui/icons.tsx';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { offlineStore } from './keep.ts';
import styles from './OfflineHint.module.css';

/** Says that the app works without a server, once it does. */
export function OfflineHint() {
  const ready = useStore(offlineStore, (state) => state.ready);
  if (!ready) return null;
  return (
    <Tooltip text="The app, this network and the samples you opened are kept on this machine: they open and are explained without a connection, too.">
      <button type="button" className={styles.offlineHint}>
        <CheckIcon />
        <span className="button-text">Works offline</span>
      </button>
    </Tooltip>
  );
}
