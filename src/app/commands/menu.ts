import type { MenuItem } from '../../ui/Menu.tsx';
import type { Command } from './commands.ts';
import type { Situation } from './situation.ts';

/** Commands as entries of a menu. */
export function menuOf(commands: readonly Command[], now: Situation): MenuItem[] {
  return commands.map(({ title, detail, keys, when, run }) => ({
    ...{ label: title, hint: detail, keys: keys[0], disabled: !when(now), run },
  }));
}
