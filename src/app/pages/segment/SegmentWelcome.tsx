import { useStore } from 'zustand';
import { volumesStore, wholeOf } from '../../../state/index.ts';
import { Welcome } from '../../../ui/Welcome.tsx';

/** In the views' place while there is nothing to see. */
export function SegmentWelcome() {
  const item = useStore(volumesStore, wholeOf);
  const next = !item
    ? 'Open or drop a volume of any size.'
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
