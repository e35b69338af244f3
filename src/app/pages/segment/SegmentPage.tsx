import { useStore } from 'zustand';
import { Notices } from '../../../panels/index.ts';
import { ClassLegend } from '../../../panels/segmentation/ClassLegend.tsx';
import { ComponentList } from '../../../panels/segmentation/ComponentList.tsx';
import { PickedPanel } from '../../../panels/segmentation/PickedPanel.tsx';
import { SegmentForm } from '../../../panels/segmentation/SegmentForm.tsx';
import { segmentationStore } from '../../../state/index.ts';
import { hashOf } from '../../routes.ts';
import { classes } from '../../../ui/classes.ts';
import { SegmentViews } from './SegmentViews.tsx';
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
        {result ? <SegmentViews shown={result} /> : <SegmentWelcome />}
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
