import { AppError } from '../core/errors.ts';
import type { Engine, NamedBytes } from '../engine/types.ts';
import { ownAddress } from './address.ts';
import { actions, configureStores, networkStore, volumesStore } from '../state/index.ts';
import { createFilesClient } from './files/client.ts';

/** Class of the sample on the first screen: large, well known and clearly shaped. */
const FIRST_CLASS = /groel|1aon|1kp8/i;

/** Connects the stores to the engine and the network, and shows the first explanation. */
export async function start(engine: Engine, query: URLSearchParams): Promise<void> {
  configureStores({
    base: document.baseURI,
    engine,
    ...createFilesClient(document.baseURI),
    readBytes,
    fetchJson,
  });
  const volume = ownAddress(query.get('volume'), document.baseURI);
  const model = ownAddress(query.get('model'), document.baseURI);
  await Promise.all([
    actions.startEngine(),
    actions.loadCatalogue('models/index.json').then(() => openNetwork(model)),
    actions.loadGallery('samples/index.json').then(() => openVolume(volume)),
  ]);
}

async function openNetwork(url: string | null): Promise<void> {
  if (url) {
    await actions.loadNetwork({ kind: 'url', url, id: url });
    return;
  }
  const [first] = networkStore.getState().catalogue;
  if (first) await actions.chooseNetwork(first.id);
}

async function openVolume(url: string | null): Promise<void> {
  if (url) {
    const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? url);
    await actions.openVolumes([{ name, source: url, origin: 'url' }]);
    return;
  }
  const { gallery } = volumesStore.getState();
  const first = gallery.find(({ className }) => FIRST_CLASS.test(className)) ?? gallery[0];
  if (first) await actions.chooseSample(first.id);
}

async function readBytes(files: readonly File[]): Promise<NamedBytes[]> {
  return Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })),
  );
}

/** A list that comes with the app; null when this build has none. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 404 || (response.ok && !type.includes('json'))) return null;
  if (!response.ok) throw new AppError('internal', `${url} answered ${response.status}.`);
  return response.json();
}
