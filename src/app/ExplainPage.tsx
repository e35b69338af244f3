import { type Ref, useState } from 'react';
import {
  ClassesPanel,
  Headline,
  LevelsBar,
  Notices,
  Remarks,
  VolumesPanel,
} from '../panels/index.ts';
import type { SceneHandle } from '../scene/index.ts';
import { HeatColorBar } from '../slices/index.ts';
import { Button } from '../ui/Button.tsx';
import { useMedia } from '../ui/useMedia.ts';
import { Columns } from './Columns.tsx';
import { Drawer } from './Drawer.tsx';
import { CLASSES_IN_DRAWER, VOLUMES_IN_DRAWER } from './layouts.ts';

interface ExplainPageProps {
  readonly hidden: boolean;
  readonly scene: Ref<SceneHandle>;
}

/** One volume, one network, two methods side by side; panels at the sides become drawers where it is narrow. */
export function ExplainPage({ hidden, scene }: ExplainPageProps) {
  const [open, setOpen] = useState<'volumes' | 'classes' | null>(null);
  const volumesInDrawer = useMedia(VOLUMES_IN_DRAWER);
  const classesInDrawer = useMedia(CLASSES_IN_DRAWER);
  const close = () => setOpen(null);
  return (
    <div className="explain" hidden={hidden}>
      {volumesInDrawer ? (
        <Drawer side="left" title="volumes" open={open === 'volumes'} onClose={close}>
          <VolumesPanel />
        </Drawer>
      ) : (
        <VolumesPanel />
      )}
      <main className="centre" id="views" tabIndex={-1}>
        <Notices />
        {classesInDrawer && (
          <div className="drawer-buttons">
            {volumesInDrawer && <Button onClick={() => setOpen('volumes')}>Volumes…</Button>}
            <Button onClick={() => setOpen('classes')}>Classes and score…</Button>
          </div>
        )}
        <Headline />
        <Remarks />
        <Columns scene={scene} />
      </main>
      {classesInDrawer ? (
        <Drawer side="right" title="classes" open={open === 'classes'} onClose={close}>
          <ClassesPanel />
        </Drawer>
      ) : (
        <ClassesPanel />
      )}
      <LevelsBar colorBar={(side, title) => <HeatColorBar panel={side} title={title} />} />
    </div>
  );
}
