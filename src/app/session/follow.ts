import { sentence } from '../../core/errors.ts';
import {
  actions,
  addressObstacle,
  addressOf,
  explainStore,
  networkStore,
  occlusionStore,
  readAddress,
  sessionStore,
  structureStore,
  viewStore,
  volumesStore,
} from '../../state/index.ts';
import { hashOf, routeOf } from '../routes.ts';
import { keepSession } from './keep.ts';
import { PROGRAM } from '../program.ts';

const ADDRESS_MS = 300;
const KEEP_MS = 1200;

/** The address of what is shown; null where an address cannot say it. */
export async function addressShown(): Promise<{ hash: string } | { obstacle: string }> {
  const { session } = await actions.takeSession('shown', PROGRAM);
  const obstacle = addressObstacle(session);
  return obstacle === null ? { hash: hashNow() } : { obstacle };
}

const hashNow = () => `${hashOf('explain')}?${addressOf(actions.takeAddress())}`;

/** What makes another case: going back in the browser undoes these, and not every turn of the camera. */
function caseKey(hash: string): string {
  const asked = readAddress(routeOf(hash).query);
  if (!asked) return '';
  const { volume, network, layer, classIndex, aim, panels } = asked;
  return JSON.stringify([volume, network, layer, classIndex, aim, panels]);
}

let written = '';

/** The hash that the app knows of: written by it, or announced: the browser changes it before it says so. */
let known = '';

/** Whether a hash is one that the app wrote itself, whose state is on screen. */
export const isShown = (hash: string) => hash === written;

/** Writes what is shown into the address: another case as a new entry of the browser's history. */
async function writeAddress(): Promise<void> {
  if (!isWritable()) return;
  const found = await addressShown();
  if (!isWritable()) return;
  const hash = 'hash' in found ? found.hash : hashOf('explain');
  if (hash === location.hash) {
    written = hash;
    return;
  }
  const before = caseKey(location.hash);
  written = hash;
  known = hash;
  if (before === '' || before === caseKey(hash)) history.replaceState(history.state, '', hash);
  else history.pushState(null, '', hash);
}

/** What is shown may be written over the address, which would be lost where the app has yet to follow it. */
const isWritable = () =>
  location.hash === known && routeOf(location.hash).page === 'explain' && isSettled();

/** Nothing is on its way that the address would miss. */
function isSettled(): boolean {
  const { answer, stale } = explainStore.getState();
  return !sessionStore.getState().opening && answer !== null && !stale;
}

let keeping = true;

/** From now on nothing is kept, e.g. as everything is about to be forgotten. */
export function stopKeeping(): void {
  keeping = false;
}

let failed = false;

export async function keepNow(): Promise<void> {
  if (!keeping || sessionStore.getState().opening) return;
  if (volumesStore.getState().items.length === 0) return;
  try {
    const taken = await actions.takeSession('all', PROGRAM);
    if (keeping) await keepSession(taken, location.hash);
  } catch (error) {
    // Private windows have no storage; that is no reason to say anything twice.
    if (!failed) console.info(`The session is not kept: ${sentence(error)}`);
    failed = true;
  }
}

/** Keeps address and session in line with what is shown. */
export function followSession(): void {
  const address = delayed(ADDRESS_MS, () => void writeAddress());
  const keep = delayed(KEEP_MS, () => void keepNow());
  const changed = () => {
    address();
    keep();
  };
  volumesStore.subscribe(changed);
  networkStore.subscribe(({ model }, before) => model !== before.model && changed());
  explainStore.subscribe(changed);
  viewStore.subscribe(changed);
  structureStore.subscribe(keep);
  occlusionStore.subscribe(({ painted }, before) => painted !== before.painted && keep());
  known = location.hash;
  addEventListener('hashchange', () => {
    known = location.hash;
    // Another case is opened in place of the one that was written.
    if (!isShown(known) && readAddress(routeOf(known).query)) written = '';
    address();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void keepNow();
  });
}

/** Runs some time after the last call. */
function delayed(milliseconds: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}
