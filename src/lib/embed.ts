/** `respond-cam/embed`: the app in an iframe of a page, which sends it volumes and gets its answers. */
import type { EmbeddedAnswer, FromApp, OpenRequest } from '../core/embedding/index.ts';
import { AppError, badInput } from '../core/errors.ts';
import { writeMrc } from '../core/mrc/index.ts';
import type { SourceVolume, Volume } from '../core/volume/index.ts';

export type { EmbeddedAnswer, EmbeddedMap } from '../core/embedding/index.ts';
export type { Volume } from '../core/volume/index.ts';

export interface NamedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

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
   * @throws AppError with the sentence that the app says
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
  const ready = new Promise<void>((resolve) => {
    arrived = resolve;
  });
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
  frame.src = address.href;

  return {
    async show({ volume, network }) {
      const id = String(++asked);
      const file = volume && ('bytes' in volume ? volume : asFile(volume));
      const request = { respondCam: 'open', id, volume: file, network } satisfies Open;
      const answer = new Promise<EmbeddedAnswer>((done, failed) => {
        waiting.set(id, { done, failed });
      });
      void ready.then(() => frame.contentWindow?.postMessage(request, address.origin));
      return answer;
    },
    close() {
      removeEventListener('message', listen);
      for (const { failed } of waiting.values()) failed(new AppError('aborted', 'Cancelled.'));
      waiting.clear();
    },
  };
}

/** The request as it is sent: a list is a list, read-only or not. */
type Open = Omit<OpenRequest, 'network'> & Pick<Shown, 'network'>;

/** Its voxel size goes along. */
function asFile(volume: Volume & Partial<Pick<SourceVolume, 'voxelSizeKnown'>>): NamedFile {
  const { voxelSizeKnown } = volume;
  return { name: 'volume.mrc', bytes: writeMrc(volume, { voxelSizeKnown }).buffer };
}
