import { AppError } from '../core/errors.ts';
import type { Engine } from '../engine/types.ts';
import { ownAddress } from './address.ts';
import { answerEmbedder } from './embedding/listen.ts';
import { deepLinkOf, forgetDeepLink, type PageId, type Route } from './routes.ts';
import { isShown } from './session/follow.ts';
import { showOpenedStructures } from './pages/explain/drawers.ts';
import { startFresh } from './session/fresh.ts';
import { type KeptSession, keptSession } from './session/keep.ts';
import {
  actions,
  configureStores,
  networkStore,
  readAddress,
  sessionStore,
  volumesStore,
} from '../state/index.ts';
import { createFilesClient } from './files/client.ts';
import { createTomogramsClient } from './tomograms/client.ts';

/** Class of the sample on the first screen: large, well known and clearly shaped. */
const FIRST_CLASS = /groel|1aon|1kp8/i;
/** Its noise where the network names none, as in Figure 3 of the paper. */
const FIRST_SNR = 0.1;

/**
 * Connects the stores to the engine and reads the app's lists.
 * @param query address of a volume of one's own, `volume`, and that of a network or the id of one in the list,
 *   `model`
 * @param embedded another page says what to show: nothing is opened before, and nothing of an earlier visit
 * @returns what is to be called with every route that the address names
 */
export function start(
  engine: Engine,
  query: URLSearchParams,
  embedded = false,
): (route: Route) => void {
  configureStores({
    base: document.baseURI,
    engine,
    tomograms: createTomogramsClient(document.baseURI),
    ...createFilesClient(document.baseURI),
    fetchJson,
  });
  const volume = ownAddress(query.get('volume'), document.baseURI);
  const model = query.get('model');
  showOpenedStructures();
  void actions.startEngine();
  const lists = Promise.all([
    actions.loadCatalogue('models/index.json'),
    actions.loadGallery('samples/index.json'),
  ]);
  if (embedded) {
    void Promise.all([lists, import('./embedding/show.ts')]).then(([, { showEmbedded }]) =>
      answerEmbedder(window, showEmbedded),
    );
  }
  const kept = embedded ? Promise.resolve(null) : keptSession().catch(() => null);
  let first = true;
  let shown: PageId;
  return ({ page, params, query: state }) => {
    shown = page;
    if (page === 'paper') void lists.then(() => (shown === 'paper' ? actions.openPaper() : null));
    else actions.leavePaper();
    if (page === 'evaluate' || page === 'particles') {
      void lists.then(() => actions.takeFirstNetwork(page === 'particles' ? page : 'samples'));
    }
    if (page !== 'explain' || embedded) return;
    const { hash } = location;
    const wanted = deepLinkOf(params);
    const address = readAddress(state);
    if (!address && wanted) {
      forgetDeepLink();
      void lists.then(() => actions.openDeepLink(wanted));
    }
    if (first) {
      void lists.then(async () => {
        // A particle is shown already when the page is first seen.
        if (!address && volumesStore.getState().currentId !== null) return;
        const asked = model !== null || volume !== null || (wanted !== null && !address);
        if (!asked && (await openAgain(await kept, address ? hash : null))) return;
        if (address) await actions.openAddress(address);
        await openBoth(model, volume);
      });
    } else if (address && !isShown(hash)) void lists.then(() => actions.openAddress(address));
    first = false;
  };
}

/**
 * Shows what this browser kept, unless the address asks for something else.
 * @param asked hash of the address; null where it names nothing
 * @returns whether something is shown
 */
async function openAgain(kept: KeptSession | null, asked: string | null): Promise<boolean> {
  if (!kept || (asked !== null && asked !== kept.address)) return false;
  await actions.openSession(kept, 'What was shown last');
  if (sessionStore.getState().pending) return false;
  actions.inform('This is what was shown last.', {
    label: 'Start fresh',
    run: () => void startFresh(),
  });
  return true;
}

/** At once, but for a network of one's own: it may leave its sizes to the volume. */
async function openBoth(model: string | null, volume: string | null): Promise<void> {
  if (ownAddress(model, document.baseURI)) {
    await openVolume(volume);
    await openNetwork(model);
    return;
  }
  // The network is named first: the first sample is one that it was trained for.
  const opened = openNetwork(model);
  await Promise.all([opened, openVolume(volume)]);
}

/** Shows the network asked for, or the first of the list unless something else asked for one. */
async function openNetwork(asked: string | null): Promise<void> {
  const { catalogue } = networkStore.getState();
  if (catalogue.some(({ id }) => id === asked)) {
    await actions.chooseNetwork(asked!, false);
    return;
  }
  const url = ownAddress(asked, document.baseURI);
  if (url) {
    await actions.loadNetwork({ kind: 'url', url, id: url });
    return;
  }
  await actions.takeFirstNetwork('samples');
}

/** The sample of the first screen, with the noise that the network was trained on. */
function firstSample(): string | undefined {
  const { gallery } = volumesStore.getState();
  const { catalogue, chosenId } = networkStore.getState();
  const snr = catalogue.find(({ id }) => id === chosenId)?.snr ?? FIRST_SNR;
  const known = gallery.filter(({ className }) => FIRST_CLASS.test(className));
  return (known.find((one) => one.snr === snr) ?? known[0] ?? gallery[0])?.id;
}

async function openVolume(url: string | null): Promise<void> {
  if (url) {
    const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? url);
    await actions.openVolumes([{ name, source: url, origin: 'url' }]);
    return;
  }
  const { currentId, opening } = volumesStore.getState();
  const first = firstSample();
  if (!currentId && !opening && first) await actions.chooseSample(first);
}

/** A list that comes with the app; null when this build has none. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 404) return null;
  if (!response.ok) throw new AppError('internal', `${url} answered ${response.status}.`);
  if (!type.includes('json')) {
    throw new AppError(
      'bad-file',
      `${url} came back as a page; perhaps this connection asks you to sign in first.`,
    );
  }
  return response.json();
}
