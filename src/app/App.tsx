import { useCallback, useRef, useState } from 'react';
import { useStore } from 'zustand';
import {
  ClassesPanel,
  Header,
  Headline,
  HelpDialog,
  LevelsBar,
  Notices,
  openFiles,
  VolumesPanel,
} from '../panels/index.ts';
import type { SceneHandle } from '../scene/index.ts';
import { HeatColorBar } from '../slices/index.ts';
import { AppError, sentence } from '../core/errors.ts';
import { actions, displayStore } from '../state/index.ts';
import { useFileDrop } from '../ui/fileDrop.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { Columns } from './Columns.tsx';
import { copyPicture, savePicture } from './picture/index.ts';
import { useShortcuts } from './shortcuts.ts';
import { useTheme } from './theme.ts';

export function App() {
  const scene = useRef<SceneHandle>(null);
  const [help, setHelp] = useState(false);
  const ready = useStore(displayStore, (display) => display.right !== null);
  const deliver = useCallback((how: typeof savePicture) => {
    how((...view) => {
      if (!scene.current) throw new AppError('internal', 'The 3D views are not ready yet.');
      return scene.current.renderToImage(...view);
    }).catch((error: unknown) => actions.tell(sentence(error)));
  }, []);
  const onPicture = ready ? () => deliver(savePicture) : null;
  const onCopy = ready ? () => deliver(copyPicture) : null;
  const dropping = useFileDrop((files) => void openFiles(files));
  useTheme();
  useShortcuts({ openHelp: () => setHelp(true), savePicture: onPicture, copyPicture: onCopy });
  return (
    <TooltipProvider delayDuration={400}>
      <div className="app">
        <Header onPicture={onPicture} onHelp={() => setHelp(true)} />
        <VolumesPanel />
        <main className="centre" id="views" tabIndex={-1}>
          <Headline />
          <Columns scene={scene} />
          <Notices />
        </main>
        <ClassesPanel />
        <LevelsBar colorBar={(side) => <HeatColorBar panel={side} />} />
      </div>
      <HelpDialog open={help} onOpenChange={setHelp} />
      {dropping && (
        <div className="drop-overlay">
          <strong>Drop to open</strong>
          <span>
            Volumes (MRC, MAP, CCP4, REC, NPY, also .gz and .bz2) are shown and explained.
          </span>
          <span>
            A network (model.json with its weights, or its folder) replaces the one in use.
          </span>
        </div>
      )}
    </TooltipProvider>
  );
}
