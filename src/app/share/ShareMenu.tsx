import { Button } from '../../ui/Button.tsx';
import { ShareIcon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { type Command, COMMANDS, COMPARISON_COMMANDS } from '../commands/commands.ts';
import { menuOf } from '../commands/menu.ts';
import { useSituation } from '../commands/situation.ts';

const { copyLink, savePicture, copyPicture, saveSession, openSession, startFresh } = COMMANDS;

const GROUPS: readonly (readonly Command[])[] = [
  [copyLink],
  [savePicture, copyPicture],
  [saveSession, openSession],
  COMPARISON_COMMANDS,
  [startFresh],
];

/** Everything by which a comparison leaves the page, and comes back. */
export function ShareMenu() {
  const now = useSituation();
  const groups = GROUPS.map((commands) => menuOf(commands, now));
  return (
    <Menu label="Share" groups={groups}>
      <Button>
        <ShareIcon />
        <span className="button-text">Share</span>
      </Button>
    </Menu>
  );
}
