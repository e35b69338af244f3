import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { acceptedNetworks } from '../core/network-formats.ts';
import { PICTURE_LABELS_TEXT, VOLUME_LABELS_TEXT } from '../core/volume/index.ts';
import { evaluateFiles } from '../panels/evaluation/evaluateFiles.ts';
import { NetworkDialog, NetworkGraphDialog, openFiles } from '../panels/index.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { useFileDrop } from '../ui/fileDrop.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { CommandPalette } from './commands/CommandPalette.tsx';
import { type DialogId, dialogStore, openDialog } from './commands/dialogs.ts';
import { HelpDialog } from './commands/HelpDialog.tsx';
import { useShortcuts } from './commands/useShortcuts.ts';
import { COMMANDS } from './commands/commands.ts';
import { actions, networkStore, takesPhotographs } from '../state/index.ts';
import { Header } from './Header.tsx';
import { ExplainPage } from './pages/explain/ExplainPage.tsx';
import { PAGES } from './pages/index.tsx';
import { WalkDialog } from './pages/explain/walk/WalkDialog.tsx';
import { LazyPage } from './pages/LazyPage.tsx';
import { PictureDialog } from './picture/PictureDialog.tsx';
import { hashOf, type PageId, usePage } from './routes.ts';
import { FilmProgress } from './share/FilmProgress.tsx';
import { useTheme } from './theme.ts';
import shared from './app.module.css';
import styles from './App.module.css';

export function App() {
  const page = usePage();
  const { title, Content } = PAGES[page];
  const explaining = page === 'explain';
  const explained = useRef(false);
  explained.current ||= explaining;
  const dialog = useStore(dialogStore, (state) => state.open);
  const dialogProps = (id: DialogId) => ({
    open: dialog === id,
    onOpenChange: (open: boolean) => openDialog(open ? id : null),
  });
  const dropping = useFileDrop((files) => {
    if (page === 'evaluate') {
      void evaluateFiles(files);
      return;
    }
    void open(files, page);
  });
  useTheme();
  useNetworkNotice();
  useShortcuts();
  useEffect(() => {
    document.title = explaining ? 'Respond-CAM' : `${title} – Respond-CAM`;
    focusPage(explaining ? 'views' : 'page');
  }, [explaining, title]);
  return (
    <TooltipProvider delayDuration={400}>
      <div className="app">
        <Boundary name="The header" className={shared.header}>
          <Header />
        </Boundary>
        {explained.current && (
          <ExplainPage
            hidden={!explaining}
            onAboutNetwork={COMMANDS.network.run}
            onLayers={COMMANDS.layers.run}
            onWalk={COMMANDS.walk.run}
          />
        )}
        {Content && (
          <LazyPage key={page} title={title}>
            <Content />
          </LazyPage>
        )}
      </div>
      <HelpDialog {...dialogProps('help')} />
      <NetworkDialog {...dialogProps('network')} onLayers={COMMANDS.layers.run} />
      <NetworkGraphDialog {...dialogProps('layers')} />
      <WalkDialog {...dialogProps('walk')} />
      <CommandPalette {...dialogProps('commands')} />
      <PictureDialog {...dialogProps('picture')} />
      <FilmProgress />
      {dropping && (
        <div className={styles.dropOverlay}>
          <strong>{page === 'evaluate' ? 'Drop to evaluate' : 'Drop to open'}</strong>
          <span>
            Volumes ({VOLUME_LABELS_TEXT}) and pictures ({PICTURE_LABELS_TEXT}){' '}
            {page === 'evaluate'
              ? 'or a folder of them become the set.'
              : 'are shown and explained.'}
          </span>
          <span>A list of particles and its tomogram open on the page Particles.</span>
          <span>A network replaces the one in use: {acceptedNetworks()}.</span>
          <span>A session, or a picture that was saved here, opens its comparison again.</span>
        </div>
      )}
    </TooltipProvider>
  );
}

/** Opens files where they belong: lists of particles and tomograms on their page, others on the page shown. */
async function open(files: readonly File[], page: PageId): Promise<void> {
  const { holdsParticles, particleFiles } = await import('../panels/particles/particleFiles.ts');
  if (page === 'particles' || (await holdsParticles(files))) {
    location.hash = hashOf('particles');
    await particleFiles(files);
    return;
  }
  if (page !== 'segment') location.hash = hashOf('explain');
  await openFiles(files);
}

/** Says what was found in a network that was opened and what it does not say, and offers the rest. */
function useNetworkNotice(): void {
  useEffect(
    () =>
      networkStore.subscribe(({ model }, { model: before }) => {
        if (!model || model.id === before?.id || !model.id.startsWith('dropped-')) return;
        const { network } = COMMANDS;
        const { voxelSize, normalization, contrast } = model.sidecar;
        const photographs = takesPhotographs(model);
        const unknown = [
          ...(voxelSize === undefined && !photographs ? ['voxel size'] : []),
          ...(normalization === undefined ? ['scale of the values'] : []),
          ...(contrast === undefined && !photographs ? ['sign of the molecules'] : []),
        ];
        const asks = unknown.length > 0 ? ` Not known: ${unknown.join(', ')}.` : '';
        const found = `${model.title}: ${model.origin}; explained at ${model.defaultLayer}.`;
        actions.inform(`${found}${asks}`, {
          label: network.title,
          run: network.run,
        });
      }),
    [],
  );
}

/** The keyboard focus moves into the page shown, unless it is in the header or nowhere yet. */
function focusPage(id: string): void {
  const { activeElement } = document;
  if (activeElement === document.body || activeElement?.closest('header')) return;
  document.getElementById(id)?.focus();
}
