import { hashOf } from '../routes.ts';
import { stopKeeping } from './follow.ts';
import { forgetSession } from './keep.ts';

/** Forgets what was opened and chosen, and loads the page as for the first time. */
export async function startFresh(): Promise<void> {
  stopKeeping();
  await forgetSession().catch(() => undefined);
  history.replaceState(null, '', hashOf('explain'));
  location.reload();
}
