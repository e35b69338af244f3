import { AppError, aborted } from '../../core/errors.ts';
import type { FloatVolume } from '../../core/volume/index.ts';
import type { TaskOptions } from '../../engine/types.ts';
import { type PreparedVolume, type PrepareRequest, prepareVolume } from '../../state/prepare.ts';
import type { OpenedVolume, Services, Subtomogram } from '../../state/types.ts';
import type { FilesReply, FilesRequest } from './messages.ts';

interface Pending {
  readonly resolve: (reply: FilesReply) => void;
  readonly reject: (error: Error) => void;
  readonly onFraction?: (fraction: number) => void;
}

/** Up to this many voxels a volume is prepared in a few milliseconds, faster than a round trip. */
const SMALL = 64 ** 3;

/** Reads, fits and simulates volumes in a worker; a worker that dies is replaced at the next request. */
export function createFilesClient(
  base: string,
): Pick<Services, 'openVolume' | 'prepare' | 'simulate'> {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let next = 1;

  const fail = (error: Error) => {
    worker?.terminate();
    worker = null;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };

  const start = (): Worker => {
    const started = new Worker(new URL('./files.worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('message', ({ data }: MessageEvent<FilesReply>) => {
      const waiting = pending.get(data.id);
      if (!waiting) return;
      if (data.kind === 'progress') {
        waiting.onFraction?.(data.fraction);
        return;
      }
      pending.delete(data.id);
      if (data.kind === 'failed') waiting.reject(new AppError(data.code, data.message));
      else waiting.resolve(data);
    });
    started.addEventListener('error', (event) => {
      fail(
        new AppError(
          'internal',
          `The file could not be read: ${event.message || 'the reader stopped, perhaps for lack of memory'}.`,
        ),
      );
    });
    return started;
  };

  const ask = (request: FilesRequest, { signal, onProgress }: TaskOptions): Promise<FilesReply> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted());
        return;
      }
      worker ??= start();
      const onFraction = (fraction: number) => onProgress?.({ stage: 'Reading', fraction });
      pending.set(request.id, { resolve, reject, onFraction });
      worker.postMessage(request);
      signal?.addEventListener('abort', () => {
        if (!pending.delete(request.id)) return;
        worker?.postMessage({ id: request.id, kind: 'cancel' } satisfies FilesRequest);
        reject(aborted());
      });
    });

  return {
    async openVolume(name, source, options = {}): Promise<OpenedVolume[]> {
      const reply = await ask({ id: next++, kind: 'open', name, source }, options);
      if (reply.kind !== 'opened') throw unexpected(reply);
      return reply.opened;
    },
    async simulate(wanted: Subtomogram, options = {}): Promise<OpenedVolume[]> {
      const templates = new URL('templates/index.json', base).href;
      const reply = await ask({ id: next++, kind: 'simulate', templates, wanted }, options);
      if (reply.kind !== 'opened') throw unexpected(reply);
      return reply.opened;
    },
    async prepare(volume: FloatVolume, request: PrepareRequest): Promise<PreparedVolume> {
      if (volume.data.length <= SMALL) return prepareVolume(volume, request);
      const reply = await ask({ id: next++, kind: 'prepare', volume, request }, {});
      if (reply.kind !== 'prepared') throw unexpected(reply);
      return reply.prepared;
    },
  };
}

function unexpected(reply: FilesReply): AppError {
  return new AppError('internal', `The reader answered "${reply.kind}".`);
}
