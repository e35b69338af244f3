import { useSyncExternalStore } from 'react';
import { CAM_METHODS } from '../core/cam/types.ts';
import type { DeepLink } from '../state/index.ts';

export const PAGE_IDS = ['explain', 'particles', 'segment', 'evaluate', 'paper'] as const;
export type PageId = (typeof PAGE_IDS)[number];

/** Where in the app, as the address's hash has it: `#/paper`, `#/explain?sample=1AON-0.1&class=1`. */
export interface Route {
  readonly page: PageId;
  readonly params: URLSearchParams;
  /** What follows the question mark, as it is written. */
  readonly query: string;
}

/** The route of an address; one without a known page is the explain page. */
export function routeOf(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    page: PAGE_IDS.find((id) => id === path) ?? 'explain',
    params: new URLSearchParams(query),
    query,
  };
}

/** Hash of a page, or of a case on the explain page. */
export function hashOf(page: PageId, shown?: DeepLink): string {
  if (!shown) return `#/${page}`;
  const { sample, network, layer, classIndex, method } = shown;
  const named = { sample, network, layer, class: classIndex, method };
  const params = Object.entries(named).filter(([, value]) => value !== null);
  return `#/${page}?${new URLSearchParams(params.map(([key, value]) => [key, String(value)]))}`;
}

/** The case that an address names; null when it names none. What it does not know is left out. */
export function deepLinkOf(params: URLSearchParams): DeepLink | null {
  const classIndex = Number(params.get('class') || Number.NaN);
  const found: DeepLink = {
    sample: params.get('sample'),
    network: params.get('network'),
    layer: params.get('layer'),
    classIndex: Number.isInteger(classIndex) && classIndex >= 0 ? classIndex : null,
    method: CAM_METHODS.find((method) => method === params.get('method')) ?? null,
  };
  return Object.values(found).some((value) => value !== null) ? found : null;
}

/** Calls `arrive` with the route shown now and with every later one. */
export function followRoute(arrive: (route: Route) => void): void {
  const report = () => arrive(routeOf(location.hash));
  addEventListener('hashchange', report);
  report();
}

/** Leaves the page where it is and the case out of the address, so that coming back changes nothing. */
export function forgetDeepLink(): void {
  history.replaceState(history.state, '', hashOf(routeOf(location.hash).page));
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

/** The page that the address asks for. */
export const usePage = () => useSyncExternalStore(subscribe, () => routeOf(location.hash).page);
