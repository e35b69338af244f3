/** `respond-cam/embed`: the app in an iframe of a page, which sends it volumes and gets its answers. */
import type { EmbeddedAnswer, FromApp, OpenRequest } from '../core/embedding/index.ts';
import { AppError, badInput } from '../core/errors.ts';
import { writeMrc } from '../core/mrc/index.ts';
import type { SourceVolume, Volume } from '../core/volume/index.ts';

export type { EmbeddedAnswer, EmbeddedMap } from '../core/embedding/index.ts';
export type { Volume } from '../core/volume/index.ts';

export interface NamedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer | Uint8Array;
}

/** An app that loads at all says that it is there within seconds of its page. */
const READY_MS = 30_000;

/** What the app is to show; what is left out stays as it is. */
export interface Shown {
  /** A volume in memory, or a file of any format that the app opens. */
  readonly volume?: (Volume & Partial<Pick<SourceVolume, 'voxelSizeKnown'>>) | NamedFile;
  /** Id of a network that comes with the app, or the files of one. */
  readonly network?: string | readonly NamedFile[];
}

export interface Embedding {
  /**
   * Shows a volume, a network or both, and resolves with the answer as soon as it is on screen.
   *
   * @throws AppError with the sentence that the app says, or that there is no app at its address
   */
  show(shown: Shown): Promise<EmbeddedAnswer>;
  /** Stops listening; what waits for an answer is rejected. The iframe is left to whoever made it. */
  close(): void;
}

/**
 * Loads the app into an iframe.
 *
 * @param app where it is hosted, on any origin whose server lets this page embed it
 */
export function embed(frame: HTMLIFrameElement, app: string | URL): Embedding {
  const address = new URL(app, document.baseURI);
  address.searchParams.set('embed', '');
  const waiting = new Map<string, { done(answer: EmbeddedAnswer): void; failed(e: Error): void }>();
  let asked = 0;
  let arrived = () => {};
  let missing = (_: Error) => {};
  const ready = new Promise<void>((resolve, reject) => {
    arrived = resolve;
    missing = reject;
  });
  ready.catch(() => undefined);
  let patience: ReturnType<typeof setTimeout> | undefined;
  const loaded = () => {
    clearTimeout(patience);
    patience = setTimeout(() => missing(notThere(address)), READY_MS);
  };
  const listen = ({ source, origin, data }: MessageEvent<FromApp | undefined>) => {
    if (source !== frame.contentWindow || origin !== address.origin) return;
    if (data?.respondCam === 'ready') arrived();
    if (data?.respondCam !== 'answer' && data?.respondCam !== 'failed') return;
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.respondCam === 'answer') call?.done(data.answer);
    else call?.failed(badInput(data.message));
  };
  addEventListener('message', listen);
  frame.addEventListener('load', loaded);
  frame.src = address.href;

  return {
    async show({ volume, network }) {
      const id = String(++asked);
      const request = {
        respondCam: 'open',
        id,
        volume: volume && whole('bytes' in volume ? volume : asFile(volume)),
        network: typeof network === 'object' ? network.map(whole) : network,
      } satisfies OpenRequest;
      const answer = new Promise<EmbeddedAnswer>((done, failed) => {
        waiting.set(id, { done, failed });
      });
      ready.then(
        () => frame.contentWindow?.postMessage(request, address.origin),
        (error: Error) => {
          waiting.get(id)?.failed(error);
          waiting.delete(id);
        },
      );
      return answer;
    },
    close() {
      removeEventListener('message', listen);
      frame.removeEventListener('load', loaded);
      clearTimeout(patience);
      for (const { failed } of waiting.values()) failed(new AppError('aborted', 'Cancelled.'));
      waiting.clear();
    },
  };
}

function notThere({ origin, pathname }: URL): AppError {
  return badInput(
    `${origin}${pathname}: no Respond-CAM answers there; accepted: the address of its index.html, on a server that lets this page embed it`,
  );
}

/** The file with its bytes as they are sent: the buffer of a part of it would bring the rest along. */
function whole({ name, bytes }: NamedFile): { name: string; bytes: ArrayBuffer } {
  return { name, bytes: ArrayBuffer.isView(bytes) ? new Uint8Array(bytes).buffer : bytes };
}

/** Its voxel size goes along. */
function asFile(volume: Volume & Partial<Pick<SourceVolume, 'voxelSizeKnown'>>): NamedFile {
  const { voxelSizeKnown } = volume;
  return { name: 'volume.mrc', bytes: writeMrc(volume, { voxelSizeKnown }).buffer };
}
