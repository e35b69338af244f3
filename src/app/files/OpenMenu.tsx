import { Button } from '../../ui/Button.tsx';
import { OpenIcon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { COMMANDS } from '../commands/commands.ts';
import { menuOf } from '../commands/menu.ts';
import { useSituation } from '../commands/situation.ts';

const { openVolumes, openNetwork, openFolder, openSession } = COMMANDS;

/** Everything that can be opened. */
export function OpenMenu() {
  const now = useSituation();
  const groups = [[openVolumes], [openNetwork, openFolder], [openSession]];
  return (
    <Menu label="Open" groups={groups.map((commands) => menuOf(commands, now))}>
      <Button>
        <OpenIcon />
        <span className="button-text">Open…</span>
      </Button>
    </Menu>
  );
}
