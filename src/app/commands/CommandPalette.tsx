import { useMemo } from 'react';
import { Palette } from '../../ui/Palette.tsx';
import { ALL_COMMANDS, COMMANDS } from './commands.ts';
import { useSituation } from './situation.ts';

interface CommandPaletteProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
}

/** Every command that does something now, found by typing. */
export function CommandPalette(props: CommandPaletteProps) {
  const now = useSituation();
  const entries = useMemo(
    () => ALL_COMMANDS.filter((command) => command !== COMMANDS.commands && command.when(now)),
    [now],
  );
  return <Palette label={COMMANDS.commands.title} entries={entries} {...props} />;
}
