import { useStore } from 'zustand';
import {
  BrushBar,
  ClassesPanel,
  Headline,
  LayerStrip,
  LevelsBar,
  Notices,
  Remarks,
  Sentence,
  VolumeRail,
  VolumesPanel,
  WhatIf,
} from '../../../panels/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { RailIcon, StripIcon } from '../../../ui/icons.tsx';
import { useMedia } from '../../../ui/useMedia.ts';
import { Columns } from './Columns.tsx';
import { type DrawerId, drawersStore, showLeft } from './drawers.ts';
import { HeatColorBar } from './HeatColorBar.tsx';
import { Drawer } from '../../../ui/Drawer.tsx';
import { CLASSES_IN_DRAWER, STRIP_FITS, VOLUMES_IN_DRAWER } from '../../breakpoints.ts';
import { TileBar } from '../../../panels/segmentation/TileBar.tsx';
import { ParticleBar } from '../../../panels/particles/ParticleBar.tsx';
import { COMMANDS } from '../../commands/commands.ts';
import { hashOf } from '../../routes.ts';
import { PanelBoundary } from './PanelBoundary.tsx';
import styles from './ExplainPage.module.css';

const toWhole = () => {
  location.hash = hashOf('segment');
};

interface ExplainPageProps {
  readonly hidden: boolean;
  onAboutNetwork(): void;
  /** Opens the graph of the layers. */
  onLayers(): void;
  /** Opens the walk through the channels. */
  onWalk(): void;
}

/** What is asked in a sentence, the answer, and what is compared; panels at the sides become drawers where it is narrow. */
export function ExplainPage({ hidden, onAboutNetwork, onLayers, onWalk }: ExplainPageProps) {
  const asked = useStore(drawersStore, (state) => state.open);
  const open = hidden ? null : asked;
  const setOpen = (next: DrawerId | null) => drawersStore.setState({ open: next });
  const volumesInDrawer = useMedia(VOLUMES_IN_DRAWER);
  const classesInDrawer = useMedia(CLASSES_IN_DRAWER);
  const fits = useMedia(STRIP_FITS);
  const strip = useStore(drawersStore, (state) => state.strip) ?? fits;
  const close = () => setOpen(null);
  const left = useStore(drawersStore, (state) => state.left);
  const volumes = (
    <PanelBoundary name="The list of volumes" className="volumes-panel">
      <VolumesPanel onFold={volumesInDrawer ? undefined : () => showLeft('rail')} />
    </PanelBoundary>
  );
  const classes = (
    <PanelBoundary name="The class list" className="classes-panel">
      <ClassesPanel onWalk={onWalk} />
    </PanelBoundary>
  );
  return (
    <div className="explain" data-left={volumesInDrawer ? 'none' : left} hidden={hidden}>
      <div className={styles.question}>
        {left === 'none' && !volumesInDrawer && (
          <IconButton
            label="Show the volumes"
            icon={<RailIcon />}
            onClick={() => showLeft('rail')}
          />
        )}
        <PanelBoundary name="What is shown">
          <Sentence onAboutNetwork={onAboutNetwork} onLayers={onLayers} />
        </PanelBoundary>
        <IconButton
          label="Strip of layers"
          hint="The map at every layer of the network, below the views"
          icon={<StripIcon />}
          aria-pressed={strip}
          onClick={() => drawersStore.setState({ strip: !strip })}
        />
      </div>
      {volumesInDrawer && (
        <Drawer side="left" title="volumes" open={open === 'volumes'} onClose={close}>
          {volumes}
        </Drawer>
      )}
      {!volumesInDrawer && left === 'panel' && volumes}
      {!volumesInDrawer && left === 'rail' && (
        <PanelBoundary name="The volumes" className="volumes-panel">
          <VolumeRail onMore={() => showLeft('panel')} onHide={() => showLeft('none')} />
        </PanelBoundary>
      )}
      <main className={styles.centre} id="views" tabIndex={-1}>
        <Notices />
        <TileBar onWhole={toWhole} />
        <ParticleBar onBack={COMMANDS.particles.run} />
        <BrushBar />
        <div className={styles.answer}>
          {classesInDrawer && (
            <div className={styles.drawerButtons}>
              {volumesInDrawer && <Button onClick={() => setOpen('volumes')}>Volumes…</Button>}
              <Button onClick={() => setOpen('classes')}>Classes and score…</Button>
            </div>
          )}
          <PanelBoundary name="The headline">
            <Headline
              aside={
                <PanelBoundary name="The line of other readings">
                  <WhatIf />
                </PanelBoundary>
              }
            />
          </PanelBoundary>
        </div>
        <PanelBoundary name="The line of remarks">
          <Remarks />
        </PanelBoundary>
        <PanelBoundary name="The comparison">
          <Columns />
        </PanelBoundary>
        {strip && (
          <PanelBoundary name="The strip of layers">
            <LayerStrip />
          </PanelBoundary>
        )}
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
