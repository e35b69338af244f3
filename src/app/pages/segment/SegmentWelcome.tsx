import { useStore } from 'zustand';
import {
  isDense,
  networkStore,
  segmentationStore,
  volumesStore,
  wholeOf,
} from '../../../state/index.ts';
import { Welcome } from '../../../ui/Welcome.tsx';
import styles from './SegmentPage.module.css';

/** In the views' place while there is nothing to see. */
export function SegmentWelcome() {
  const running = useStore(segmentationStore, (state) => state.status === 'running');
  const model = useStore(networkStore, (state) => state.model);
  const item = useStore(volumesStore, wholeOf);
  if (running)
    return <p className={styles.waiting}>The surfaces come when the last tile is done.</p>;
  const next = !item
    ? 'Open or drop a volume of any size.'
    : model && isDense(model)
      ? 'Start it in the form. Everything is computed on this machine.'
      : 'Open or drop a segmentation network, as its tool wrote it.';
  return (
    <Welcome title="What does the network find in a whole volume, and why?">
      <p>
        A segmentation network runs over the volume in overlapping tiles, as its own tool runs it.
        What it finds is shown as surfaces and over the slices, and listed by size or probability.
        Then ask of any component why it is one, and of any place why it is none: the summed score
        is explained on the tile around it.
      </p>
      <p>
        <strong>{next}</strong>
      </p>
    </Welcome>
  );
}
