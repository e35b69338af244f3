/// <reference types="vite/client" />
import { createStore } from 'zustand/vanilla';
import {
  actions,
  engineStore,
  explainStore,
  networkStore,
  volumesStore,
} from '../../state/index.ts';
import { reloadApp } from '../resume.ts';
import type { KeepReply, KeepRequest } from './messages.ts';

/** Whether what is on the screen can be opened and explained again without a server. */
export const offlineStore = createStore<{ readonly ready: boolean }>(() => ({ ready: false }));

/** Lists that the first screen is made from. */
const LISTS = ['models/index.json', 'samples/index.json'];

/**
 * Keeps the app, the network in use and the samples seen on this machine, once the first explanation is on
 * the screen. Does nothing where the browser has no service workers and on the development server.
 */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // A page that came through the service worker has the headers of isolation, if the browser heeds them.
  const reloadHelps =
    !crossOriginIsolated &&
    navigator.serviceWorker.controller === null &&
    navigator.hardwareConcurrency > 1;
  let asked = '';
  const check = () => {
    if (explainStore.getState().status !== 'ready') return;
    const request = shown();
    const key = JSON.stringify(request);
    if (key === asked) return;
    asked = key;
    offlineStore.setState({ ready: false });
    whenIdle(async () => {
      // A browser that refuses (private windows, full disk) leaves the app as it is: online.
      const kept = await keep(request).catch(() => false);
      if (asked === key) offlineStore.setState({ ready: kept && request.network !== null });
      if (kept && reloadHelps) offerThreads();
    });
  };
  explainStore.subscribe(check);
  check();
}

let offered = false;

function offerThreads(): void {
  if (offered || engineStore.getState().backend?.name !== 'wasm') return;
  offered = true;
  actions.inform(
    'One processor core computes, as this server does not send the headers that allow more. From the next load on, the app sets them itself.',
    { label: 'Reload', run: reloadApp },
  );
}

function shown(): KeepRequest {
  const { model, catalogue } = networkStore.getState();
  const samples = volumesStore.getState().items.flatMap(({ sample }) => sample?.path ?? []);
  return {
    kind: 'keep',
    network: catalogue.find(({ id }) => id === model?.id)?.path ?? null,
    files: [...LISTS, ...samples],
  };
}

async function keep(request: KeepRequest): Promise<boolean> {
  await navigator.serviceWorker.register('./sw.js');
  const { active } = await navigator.serviceWorker.ready;
  if (!active) return false;
  const { port1, port2 } = new MessageChannel();
  const reply = new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<KeepReply>) => resolve(data.kept);
  });
  active.postMessage(request, [port2]);
  return reply.finally(() => port1.close());
}

function whenIdle(run: () => Promise<void>): void {
  if ('requestIdleCallback' in window) requestIdleCallback(() => void run(), { timeout: 5000 });
  else setTimeout(() => void run(), 1000);
}
