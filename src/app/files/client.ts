import { aborted } from '../../core/errors.ts';
import { planFit, type SourceVolume } from '../../core/volume/index.ts';
import type { PreparedVolume, PrepareRequest } from '../../state/prepare.ts';
import type { OpenedVolume, Services, WholeVolume } from '../../state/types.ts';
import { createWorkerLink, type WorkerLike } from '../../worker/link.ts';
import type { TaskOptions } from '../../worker/messages.ts';
import { MAX_VOXELS } from './limits.ts';

/** A prepared volume as it comes from the worker; `volume` is null when nothing was done to it. */
export type Fitted = Omit<PreparedVolume, 'volume'> & {
  readonly volume: SourceVolume<Float32Array> | null;
};

function startWorker(): WorkerLike {
  return new Worker(new URL('./files.worker.ts', import.meta.url), {
    type: 'module',
    name: 'files',
  });
}

/** Whether what the network needs of a file can be held. Throws `bad-input` where it cannot take it at all. */
function isReadable({ grid }: WholeVolume, request: PrepareRequest): boolean {
  const { expectation, section } = request;
  const [nz, ny, nx] =
    section === null
      ? planFit(grid, expectation, request).region.shape
      : [1, grid.shape[1], grid.shape[2]];
  return nz * ny * nx <= MAX_VOXELS;
}

/** Reads, fits and simulates volumes in a worker; what is cancelled never holds up what comes next. */
export function createFilesClient(
  base: string,
  start: () => WorkerLike = startWorker,
): Pick<Services, 'countVolumes' | 'openStructure' | 'openVolume' | 'prepare' | 'simulate'> {
  // A volume is not kept from its network by a large file that is being read.
  const reader = createWorkerLink({ name: 'The thread that reads files', start });
  const fitter = createWorkerLink({ name: 'The thread that prepares volumes', start });
  const templates = new URL('templates/index.json', base).href;

  /** A cancelled call rejects at once, however long the worker takes to notice. */
  const ask = <T>(method: string, args: readonly unknown[], options: TaskOptions = {}) => {
    const { signal } = options;
    const cancelled = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(aborted()), { once: true });
    });
    return Promise.race([reader.call<T>(method, args, options), cancelled]);
  };

  return {
    openVolume(name, source, { readAs, voxelSize, volume, ...task } = {}) {
      const opened = ask<OpenedVolume[]>(
        'open',
        [name, source, { readAs, voxelSize, volume }],
        task,
      );
      fitter.start();
      return opened;
    },
    openStructure: (name, source) => ask('structure', [name, source]),
    countVolumes: (name, source) => ask('count', [name, source]),
    simulate: (wanted, options) => ask('simulate', [templates, wanted], options),
    async prepare({ volume, whole, colour }, request) {
      const { volume: fitted, ...rest } =
        whole && isReadable(whole, request)
          ? await fitter.call<Fitted>('prepareWhole', [whole, request])
          : await fitter.call<Fitted>('prepare', [{ volume, colour }, request]);
      // The same object when nothing was done, so that views keep what they made of it.
      return { ...rest, volume: fitted ?? volume };
    },
  };
}
