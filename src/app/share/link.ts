import { actions } from '../../state/index.ts';
import { addressShown } from '../session/follow.ts';

/** Copies the address of what is shown, or says what of it an address cannot name. Call it from a user's gesture. */
export async function copyLink(): Promise<void> {
  const found = await addressShown();
  if ('obstacle' in found) {
    actions.inform(
      `A link cannot say this: ${found.obstacle}. A picture or a session file carries it along.`,
    );
    return;
  }
  const url = new URL(location.href);
  url.search = '';
  url.hash = found.hash;
  await navigator.clipboard.writeText(url.href);
  actions.inform('The link was copied.');
}
