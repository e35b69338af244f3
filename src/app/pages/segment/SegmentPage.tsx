import { useStore } from 'zustand';
import { Notices } from '../../../panels/index.ts';
import { ClassLegend } from '../../../panels/segmentation/ClassLegend.tsx';
import { ComponentList } from '../../../panels/segmentation/ComponentList.tsx';
import { PickedPanel } from '../../../panels/segmentation/PickedPanel.tsx';
import { SegmentForm } from '../../../panels/segmentation/SegmentForm.tsx';
import {
  actions,
  isDense,
  networkStore,
  type SegmentedVolume,
  segmentationStore,
  volumesStore,
  wholeOf,
} from '../../../state/index.ts';
import { hashOf } from '../../routes.ts';
import { Progress } from '../../../ui/Progress.tsx';
import { classes } from '../../../ui/classes.ts';
import { SegmentViews, VolumeViews } from './SegmentViews.tsx';
import { SegmentWelcome } from './SegmentWelcome.tsx';
import styles from './SegmentPage.module.css';

const toExplanation = () => {
  location.hash = hashOf('explain');
};

/** A segmentation network over a whole volume: what it finds, where, and why. */
export default function SegmentPage() {
  const result = useStore(segmentationStore, (state) => state.result);
  return (
    <div className={classes(styles.page, !result && styles.alone)}>
      <aside className={classes('panel', styles.form)} aria-label="What to segment">
        <SegmentForm />
        <ClassLegend />
      </aside>
      <div className={styles.main}>
        <Notices />
        <div className={styles.stage}>
          <Shown result={result} />
          <Running />
        </div>
      </div>
      {result && (
        <aside className={classes('panel', styles.side)} aria-label="What was found">
          <PickedPanel onExplained={toExplanation} />
          <ComponentList />
        </aside>
      )}
    </div>
  );
}

/** What was found, else the volume that waits for it. */
function Shown({ result }: { readonly result: SegmentedVolume | null }) {
  const item = useStore(volumesStore, wholeOf);
  const model = useStore(networkStore, (state) => state.model);
  const running = useStore(segmentationStore, (state) => state.status === 'running');
  if (result) return <SegmentViews shown={result} />;
  if (item && model && (running || isDense(model)))
    return <VolumeViews volume={item.volume} name={item.name} />;
  return <SegmentWelcome />;
}

/** Over what is shown meanwhile. */
function Running() {
  const { status, progress } = useStore(segmentationStore);
  if (status !== 'running' || !progress) return null;
  return (
    <div className={styles.running}>
      <div className="status-card">
        <Progress {...progress} onCancel={actions.cancelSegmentation} />
        <p className="small">Surfaces and components come after the last tile.</p>
      </div>
    </div>
  );
}
