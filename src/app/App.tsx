import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { AppError, sentence } from '../core/errors.ts';
import { VOLUME_LABELS_TEXT } from '../core/volume/index.ts';
import { acceptedNetworks } from '../core/network-formats.ts';
import { evaluateFiles } from '../panels/evaluation/evaluateFiles.ts';
import { Header, HelpDialog, openFiles } from '../panels/index.ts';
import type { SceneHandle } from '../scene/index.ts';
import { actions, displayStore } from '../state/index.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { useFileDrop } from '../ui/fileDrop.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { ExplainPage } from './pages/explain/ExplainPage.tsx';
import { hashOf, usePage } from './routes.ts';
import { OfflineHint } from './offline/OfflineHint.tsx';
import { LazyPage } from './pages/LazyPage.tsx';
import { PageLinks } from './pages/PageLinks.tsx';
import { PAGES } from './pages/index.tsx';
import { copyPicture, savePicture } from './picture/index.ts';
import { useShortcuts } from './shortcuts.ts';
import { useTheme } from './theme.ts';

export function App() {
  const scene = useRef<SceneHandle>(null);
  const [help, setHelp] = useState(false);
  const page = usePage();
  const { title, Content } = PAGES[page];
  const explaining = page === 'explain';
  const explained = useRef(false);
  explained.current ||= explaining;
  const ready = useStore(displayStore, (display) => display.right !== null);
  const deliver = useCallback((how: typeof savePicture, done?: string) => {
    how((...view) => {
      if (!scene.current) throw new AppError('internal', 'The 3D views are not ready yet.');
      return scene.current.renderToImage(...view);
    }).then(
      () => done && actions.inform(done),
      (error: unknown) => actions.tell(sentence(error)),
    );
  }, []);
  const onPicture = explaining && ready ? () => deliver(savePicture) : null;
  const onCopy = explaining && ready ? () => deliver(copyPicture, 'The picture was copied.') : null;
  const dropping = useFileDrop((files) => {
    if (page === 'evaluate') {
      void evaluateFiles(files);
      return;
    }
    location.hash = hashOf('explain');
    void openFiles(files);
  });
  const openHelp = () => setHelp(true);
  useTheme();
  useShortcuts({ explaining, openHelp, savePicture: onPicture, copyPicture: onCopy });
  useEffect(() => {
    document.title = explaining ? 'Respond-CAM' : `${title} – Respond-CAM`;
    focusPage(explaining ? 'views' : 'page');
  }, [explaining, title]);
  return (
    <TooltipProvider delayDuration={400}>
      <div className="app">
        <Boundary name="The header" className="header">
          <Header
            pages={<PageLinks current={page} />}
            explaining={explaining}
            hint={<OfflineHint />}
            onPicture={onPicture}
            onHelp={openHelp}
          />
        </Boundary>
        {explained.current && <ExplainPage hidden={!explaining} scene={scene} />}
        {Content && (
          <LazyPage key={page} title={title}>
            <Content />
          </LazyPage>
        )}
      </div>
      <HelpDialog open={help} onOpenChange={setHelp} />
      {dropping && (
        <div className="drop-overlay">
          <strong>{page === 'evaluate' ? 'Drop to evaluate' : 'Drop to open'}</strong>
          <span>
            Volumes ({VOLUME_LABELS_TEXT}){' '}
            {page === 'evaluate'
              ? 'or a folder of them become the set.'
              : 'are shown and explained.'}
          </span>
          <span>A network replaces the one in use: {acceptedNetworks()}.</span>
        </div>
      )}
    </TooltipProvider>
  );
}

/** The keyboard goes on in the page shown, unless it is in the header or nowhere yet. */
function focusPage(id: string): void {
  const { activeElement } = document;
  if (activeElement === document.body || activeElement?.closest('.header')) return;
  document.getElementById(id)?.focus();
}
