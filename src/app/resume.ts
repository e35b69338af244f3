import { actions } from '../state/index.ts';
import { keepNow } from './session/follow.ts';

/** Milliseconds that reloading waits for what is shown to be kept. */
const PATIENCE = 2000;

/** Loads the page again, which comes back to what is shown. */
export function reloadApp(): void {
  const waited = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  void Promise.race([keepNow(), waited]).finally(() => location.reload());
}

/** Says so when a part of the app cannot be fetched, and offers what helps. */
export function watchForUpdates(): void {
  addEventListener('vite:preloadError', () => {
    actions.reportError(
      'A part of the app could not be fetched; perhaps it was updated on the server. Reload the page to get it.',
      { label: 'Reload', run: reloadApp },
    );
  });
}
