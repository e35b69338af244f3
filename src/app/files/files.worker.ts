import { AppError, type ErrorCode, sentence } from '../../core/errors.ts';
import { prepareVolume } from '../../state/prepare.ts';
import type { OpenedVolume } from '../../state/types.ts';
import type { FilesReply, FilesRequest } from './messages.ts';
import { readBytes, readVolumes } from './service.ts';

const running = new Map<number, AbortController>();

addEventListener('message', ({ data }: MessageEvent<FilesRequest>) => {
  if (data.kind === 'cancel') running.get(data.id)?.abort();
  else void answer(data);
});

async function answer(request: Exclude<FilesRequest, { kind: 'cancel' }>): Promise<void> {
  const { id } = request;
  const abort = new AbortController();
  running.set(id, abort);
  try {
    if (request.kind === 'prepare') {
      const prepared = prepareVolume(request.volume, request.request);
      reply({ id, kind: 'prepared', prepared });
      return;
    }
    if (request.kind === 'simulate') {
      // Only who evaluates or opens a simulated volume pays for the simulator.
      const { simulate } = await import('./simulate.ts');
      const opened = await simulate(request.templates, request.wanted);
      reply({ id, kind: 'opened', opened }, buffersOf(opened));
      return;
    }
    let last = 0;
    const bytes = await readBytes(request.source, request.name, abort.signal, (fraction) => {
      if (fraction - last < 0.02) return;
      last = fraction;
      reply({ id, kind: 'progress', fraction });
    });
    const opened = readVolumes(request.name, bytes);
    reply({ id, kind: 'opened', opened }, buffersOf(opened));
  } catch (error) {
    const code: ErrorCode = error instanceof AppError ? error.code : 'internal';
    reply({ id, kind: 'failed', code, message: sentence(error) });
  } finally {
    running.delete(id);
  }
}

function reply(message: FilesReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

/** What must be handed over; shared memory goes along by itself. */
function buffersOf(opened: readonly OpenedVolume[]): ArrayBuffer[] {
  const buffers = opened.map(({ volume }) => volume.data.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
