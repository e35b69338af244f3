import { AppError, aborted } from '../core/errors.ts';
import type { Volume } from '../core/volume/types.ts';
import { createWorkerLink } from '../worker/link.ts';
import { decimated } from './decimate.ts';
import type { Extracted, ExtractRequest } from './surfaceService.ts';

export interface ShellSource {
  readonly volume: Volume;
  readonly level: number;
  readonly enclose: 'above' | 'below';
  /** Å; separate pieces smaller than this are left out. */
  readonly dust?: number;
}

/** One picture's surfaces; a newer request replaces an older one that has not started. */
export interface SurfaceSlot {
  /** Rejects with an `aborted` error when replaced or closed. */
  extract(shells: readonly ShellSource[]): Promise<Extracted>;
  close(): void;
}

/** The worker as the client sees it; tests pass one that lives in the same thread. */
export interface SurfaceBackend {
  /** Distinguishes workers: what was sent to an earlier one is gone. */
  readonly worker: number;
  connect(flags: Int32Array | null): Promise<void>;
  addVolume(id: number, volume: Volume): Promise<void>;
  dropVolume(id: number): Promise<void>;
  extract(request: ExtractRequest): Promise<Extracted>;
  close(): void;
}

/** Beyond this a volume is decimated before it is sent: sending copies it on the page's thread. */
const MAX_VOXELS = 2 ** 24;
/** The worker keeps this many volumes, or this many voxels: eight of the largest volumes. */
const KEPT_VOLUMES = 32;
const KEPT_VOXELS = 8 * MAX_VOXELS;
const SLOTS = 64;

interface Pending {
  readonly shells: readonly ShellSource[];
  readonly resolve: (result: Extracted) => void;
  readonly reject: (error: unknown) => void;
}

export function createSurfaceClient(backend: SurfaceBackend) {
  const shareable = typeof SharedArrayBuffer !== 'undefined';
  const flags = shareable ? new Int32Array(new SharedArrayBuffer(SLOTS * 4)) : null;
  const sent = new Map<Volume, { readonly id: number; readonly arrived: Promise<void> }>();
  /** Volumes of the requests under way, once for each. */
  const busy: Volume[] = [];
  const freeSlots = Array.from({ length: SLOTS }, (_, i) => i);
  let nextId = 1;
  let tickets = 0;
  let connected: { readonly worker: number; readonly done: Promise<void> } | null = null;

  /** Once for each worker; one that died took its volumes with it. */
  function connect(): Promise<void> {
    if (connected?.worker === backend.worker) return connected.done;
    sent.clear();
    const done = backend.connect(flags);
    connected = { worker: backend.worker, done };
    done.catch(() => {
      connected = null;
    });
    return done;
  }

  /** Sends a volume (by identity) once; the worker keeps those last used, as far as there is room. */
  async function idOf(volume: Volume): Promise<number> {
    const entry = sent.get(volume) ?? send(volume);
    sent.delete(volume);
    sent.set(volume, entry);
    let voxels = 0;
    for (const { data } of sent.keys()) voxels += Math.min(MAX_VOXELS, data.length);
    for (const [kept, { id }] of sent) {
      if (sent.size <= KEPT_VOLUMES && voxels <= KEPT_VOXELS) break;
      if (busy.includes(kept)) continue;
      voxels -= Math.min(MAX_VOXELS, kept.data.length);
      sent.delete(kept);
      await backend.dropVolume(id);
    }
    await entry.arrived;
    return entry.id;
  }

  function send(volume: Volume): { id: number; arrived: Promise<void> } {
    const id = nextId++;
    const step = thinningOf(volume);
    const arrived =
      step === 1
        ? backend.addVolume(id, volume)
        : decimated(volume, step).then((thin) => backend.addVolume(id, thin));
    // What did not arrive is sent again by the next request.
    arrived.catch(() => sent.delete(volume));
    return { id, arrived };
  }

  function openSlot(): SurfaceSlot {
    const slot = freeSlots.shift();
    if (slot === undefined) throw new AppError('internal', `More than ${SLOTS} surface views.`);
    let running: Pending | null = null;
    let waiting: Pending | null = null;

    async function run(job: Pending): Promise<void> {
      running = job;
      const volumes = job.shells.map(({ volume }) => volume);
      busy.push(...volumes);
      const ticket = ++tickets;
      if (flags) Atomics.store(flags, slot!, ticket);
      const extract = async () => {
        await connect();
        const shells = [];
        for (const { volume, ...shell } of job.shells) {
          shells.push({ dust: 0, ...shell, volumeId: await idOf(volume) });
        }
        return backend.extract({ shells, slot: slot!, ticket });
      };
      try {
        // A picture is made again where the worker died under it, which another view may have caused.
        const found = await extract().catch((error: unknown) =>
          error instanceof AppError && error.code === 'stopped' ? extract() : Promise.reject(error),
        );
        const thinning = Math.max(1, ...job.shells.map((shell) => thinningOf(shell.volume)));
        job.resolve({ ...found, step: found.step * thinning });
      } catch (error) {
        job.reject(error);
      }
      for (const volume of volumes) busy.splice(busy.indexOf(volume), 1);
      running = null;
      const next = waiting;
      waiting = null;
      if (next) void run(next);
    }

    return {
      extract(shells) {
        return new Promise((resolve, reject) => {
          const job = { shells, resolve, reject };
          if (!running) {
            void run(job);
            return;
          }
          waiting?.reject(aborted());
          waiting = job;
          // While a level is dragged the running picture is finished, so that the surface follows;
          // what belongs to other volumes is stopped.
          if (!sameVolumes(running.shells, shells)) cancelRunning();
        });
      },
      close() {
        waiting?.reject(aborted());
        waiting = null;
        cancelRunning();
        freeSlots.push(slot);
      },
    };

    function cancelRunning(): void {
      if (flags && running) Atomics.store(flags, slot!, -1);
    }
  }

  return { openSlot };
}

export type SurfaceClient = ReturnType<typeof createSurfaceClient>;

function thinningOf({ data }: Volume): number {
  return Math.ceil(Math.cbrt(data.length / MAX_VOXELS));
}

function sameVolumes(a: readonly ShellSource[], b: readonly ShellSource[]): boolean {
  const volumes = new Set(a.map((shell) => shell.volume));
  return b.every((shell) => volumes.has(shell.volume));
}

/** The worker of the page; one that died or hangs is replaced at the next call. */
export function startSurfaceWorker(): SurfaceBackend {
  const link = createWorkerLink({
    name: 'The thread that makes surfaces',
    silenceMs: 30_000,
    start: () =>
      new Worker(new URL('./surface.worker.ts', import.meta.url), {
        type: 'module',
        name: 'surfaces',
      }),
  });
  return {
    get worker() {
      return link.worker;
    },
    connect: (flags) => link.call('connect', [flags]),
    addVolume: (id, volume) => link.call('addVolume', [id, volume]),
    dropVolume: (id) => link.call('dropVolume', [id]),
    extract: (request) => link.call('extract', [request]),
    close: link.end,
  };
}
