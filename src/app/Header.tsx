import { useStore } from 'zustand';
import { BackendPicker } from '../panels/index.ts';
import { actions, choiceRows, historyStore, type ViewChoices, viewStore } from '../state/index.ts';
import { IconButton } from '../ui/Button.tsx';
import { HelpIcon, MoonIcon, RedoIcon, SunIcon, SystemThemeIcon, UndoIcon } from '../ui/icons.tsx';
import { COMMANDS, withKeys } from './commands/commands.ts';
import { useSituation } from './commands/situation.ts';
import { OpenMenu } from './files/OpenMenu.tsx';
import { OfflineHint } from './offline/OfflineHint.tsx';
import { PageLinks } from './pages/PageLinks.tsx';
import { ShareMenu } from './share/ShareMenu.tsx';
import shared from './app.module.css';
import styles from './Header.module.css';

export function Header() {
  const now = useSituation();
  const explaining = now.page === 'explain';
  const { help } = COMMANDS;
  return (
    <header className={shared.header}>
      <h1>Respond-CAM</h1>
      <PageLinks current={now.page} />
      <div className={styles.headerTools}>
        {(explaining || now.page === 'segment') && <OpenMenu />}
        {explaining && (
          <>
            <HistoryButtons />
            <ShareMenu />
          </>
        )}
        <OfflineHint />
        <BackendPicker />
        <ThemeButton />
        <IconButton
          label={help.title}
          hint={withKeys(help)}
          icon={<HelpIcon />}
          onClick={help.run}
        />
      </div>
    </header>
  );
}

function HistoryButtons() {
  const { canUndo, canRedo, undoLabel, redoLabel } = useStore(historyStore);
  const { undo, redo } = COMMANDS;
  return (
    <>
      <IconButton
        label={undo.title}
        hint={undoLabel ? withKeys(undo, undoLabel) : 'Nothing to undo'}
        icon={<UndoIcon />}
        disabled={!canUndo}
        onClick={undo.run}
      />
      <IconButton
        label={redo.title}
        hint={redoLabel ? withKeys(redo, redoLabel) : 'Nothing to redo'}
        icon={<RedoIcon />}
        disabled={!canRedo}
        onClick={redo.run}
      />
    </>
  );
}

const THEME_ICONS: Readonly<Record<ViewChoices['theme'], () => React.ReactNode>> = {
  system: SystemThemeIcon,
  light: SunIcon,
  dark: MoonIcon,
};

/** Each click takes the next theme. */
function ThemeButton() {
  const theme = useStore(viewStore, (view) => view.theme);
  const rows = choiceRows('theme');
  const at = rows.findIndex(({ value }) => value === theme);
  const Icon = THEME_ICONS[theme];
  return (
    <IconButton
      label={`Theme: ${theme}`}
      hint={`Theme: ${rows[at].label}`}
      icon={<Icon />}
      onClick={() => actions.setView({ theme: rows[(at + 1) % rows.length].value })}
    />
  );
}
