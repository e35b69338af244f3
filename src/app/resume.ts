import { headerPanels } from '../core/session/index.ts';
import {
  actions,
  type DeepLink,
  currentVolume,
  explainStore,
  networkStore,
  volumesStore,
} from '../state/index.ts';
import { deepLinkOf, hashOf, routeOf } from './routes.ts';

const KEY = 'respond-cam case';

/** What is on the explain page, as far as a link can name it. */
function linkToShown(): DeepLink {
  const { model, catalogue } = networkStore.getState();
  const { layer, classIndex, panels } = explainStore.getState();
  return {
    sample: currentVolume(volumesStore.getState())?.sample?.id ?? null,
    network: catalogue.some(({ id }) => id === model?.id) ? model!.id : null,
    layer,
    classIndex,
    method: headerPanels(panels).at(-1)?.method ?? null,
  };
}

/** Loads the page again and comes back to the same sample, network, layer, class and method. */
export function reloadApp(): void {
  try {
    sessionStorage.setItem(KEY, hashOf('explain', linkToShown()));
  } catch {
    // Without storage it comes back to the first screen.
  }
  location.reload();
}

/** The case that {@link reloadApp} left, once. */
export function takeResumed(): DeepLink | null {
  try {
    const hash = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return hash === null ? null : deepLinkOf(routeOf(hash).params);
  } catch {
    return null;
  }
}

/** Says so when a part of the app cannot be fetched, and offers what helps. */
export function watchForUpdates(): void {
  addEventListener('vite:preloadError', () => {
    const own = volumesStore.getState().items.some(({ sample }) => !sample);
    actions.reportError(
      `A part of the app could not be fetched; perhaps it was updated on the server. Reload the page to get it${own ? '; files that you opened have to be opened again' : ''}.`,
      { label: 'Reload', run: reloadApp },
    );
  });
}
