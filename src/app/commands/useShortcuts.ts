import { useEffect, useRef } from 'react';
import { COMMANDS, commandOf } from './commands.ts';
import { useSituation } from './situation.ts';

/** Keys of the whole app; typing in a field and open dialogs keep theirs. */
export function useShortcuts(): void {
  const situation = useSituation();
  const current = useRef(situation);
  current.current = situation;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || target.closest('[role=dialog], [role=listbox]')) return;
      const command = commandOf(event, current.current);
      if (!command || (target.closest('input, textarea') && command !== COMMANDS.commands)) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
