import { useStore } from 'zustand';
import {
  ClassesPanel,
  Headline,
  LevelsBar,
  Notices,
  Remarks,
  VolumesPanel,
  WhatIf,
} from '../../../panels/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { useMedia } from '../../../ui/useMedia.ts';
import { Columns } from './Columns.tsx';
import { type DrawerId, drawersStore } from './drawers.ts';
import { HeatColorBar } from './HeatColorBar.tsx';
import { Drawer } from '../../../ui/Drawer.tsx';
import { CLASSES_IN_DRAWER, VOLUMES_IN_DRAWER } from '../../breakpoints.ts';
import { TileBar } from '../../../panels/segmentation/TileBar.tsx';
import { hashOf } from '../../routes.ts';
import { PanelBoundary } from './PanelBoundary.tsx';
import styles from './ExplainPage.module.css';

const toWhole = () => {
  location.hash = hashOf('segment');
};

/** One volume, one network, two methods side by side; panels at the sides become drawers where it is narrow. */
export function ExplainPage({ hidden }: { readonly hidden: boolean }) {
  const asked = useStore(drawersStore, (state) => state.open);
  const open = hidden ? null : asked;
  const setOpen = (next: DrawerId | null) => drawersStore.setState({ open: next });
  const volumesInDrawer = useMedia(VOLUMES_IN_DRAWER);
  const classesInDrawer = useMedia(CLASSES_IN_DRAWER);
  const close = () => setOpen(null);
  const volumes = (
    <PanelBoundary name="The list of volumes" className="volumes-panel">
      <VolumesPanel />
    </PanelBoundary>
  );
  const classes = (
    <PanelBoundary name="The class list" className="classes-panel">
      <ClassesPanel />
    </PanelBoundary>
  );
  return (
    <div className="explain" hidden={hidden}>
      {volumesInDrawer ? (
        <Drawer side="left" title="volumes" open={open === 'volumes'} onClose={close}>
          {volumes}
        </Drawer>
      ) : (
        volumes
      )}
      <main className={styles.centre} id="views" tabIndex={-1}>
        <Notices />
        <TileBar onWhole={toWhole} />
        {classesInDrawer && (
          <div className={styles.drawerButtons}>
            {volumesInDrawer && <Button onClick={() => setOpen('volumes')}>Volumes…</Button>}
            <Button onClick={() => setOpen('classes')}>Classes and score…</Button>
          </div>
        )}
        <PanelBoundary name="The headline">
          <Headline />
        </PanelBoundary>
        <PanelBoundary name="The line of remarks">
          <Remarks />
        </PanelBoundary>
        <PanelBoundary name="The line of other readings">
          <WhatIf />
        </PanelBoundary>
        <PanelBoundary name="The comparison">
          <Columns />
        </PanelBoundary>
      </main>
      {classesInDrawer ? (
        <Drawer side="right" title="classes" open={open === 'classes'} onClose={close}>
          {classes}
        </Drawer>
      ) : (
        classes
      )}
      <PanelBoundary name="The bar of levels" className="levels-bar">
        <LevelsBar colorBar={(shown, title) => <HeatColorBar shown={shown} title={title} />} />
      </PanelBoundary>
    </div>
  );
}
