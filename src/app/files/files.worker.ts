import { badInput } from '../../core/errors.ts';
import { type PrepareRequest, prepareVolume } from '../../state/prepare.ts';
import type {
  OpenedVolume,
  Preparable,
  ReadingOptions,
  Subtomogram,
  WholeVolume,
} from '../../state/types.ts';
import { Handover, serveWorker, type Task } from '../../worker/serve.ts';
import type { Fitted } from './client.ts';
import { countVolumes, openVolumes, prepareWhole } from './service.ts';

type Method = (args: never, task: Task) => Promise<Handover>;

const METHODS: Readonly<Record<string, Method>> = {
  async open(
    [name, source, reading]: [string, Blob | string, ReadingOptions],
    { signal, onProgress },
  ) {
    let last = 0;
    const onFraction = (fraction: number) => {
      if (fraction - last < 0.02) return;
      last = fraction;
      onProgress({ stage: 'Reading', fraction });
    };
    return handOver(await openVolumes(name, source, reading, { signal, onFraction }));
  },
  async count([name, source]: [string, Blob]) {
    return new Handover(await countVolumes(name, source), []);
  },
  async simulate([templates, wanted]: [string, Subtomogram]) {
    // Only who evaluates or opens a simulated volume pays for the simulator.
    const { simulate } = await import('./simulate.ts');
    return handOver(await simulate(templates, wanted));
  },
  async structure([name, source]: [string, Blob]) {
    // Only who opens coordinates pays for their readers.
    const { openAtoms } = await import('./structure.ts');
    const atoms = await openAtoms(name, source);
    const { positions, chains, ribbon } = atoms;
    const tube: ArrayBufferView[] = ribbon ? Object.values(ribbon) : [];
    return new Handover(atoms, buffersOf([positions, chains, ...tube]));
  },
  async prepare([source, request]: [Preparable, PrepareRequest]) {
    const { volume, ...rest } = prepareVolume(source, request);
    return fitted({ ...rest, volume: volume === source.volume ? null : volume });
  },
  async prepareWhole([whole, request]: [WholeVolume, PrepareRequest], { signal }: Task) {
    return fitted(await prepareWhole(whole, request, signal));
  },
};

serveWorker((method, args, task) => {
  if (!Object.hasOwn(METHODS, method)) throw badInput(`The reader has no method ${method}.`);
  return METHODS[method](args as never, task);
});

function handOver(opened: readonly OpenedVolume[]): Handover {
  const arrays = opened.flatMap(({ volume, colour = [] }) => [volume.data, ...colour]);
  return new Handover(opened, buffersOf(arrays));
}

function fitted(prepared: Fitted): Handover {
  const { input, volume, colour = [] } = prepared;
  return new Handover(prepared, buffersOf([input, ...colour, ...(volume ? [volume.data] : [])]));
}

/** What must be handed over; shared memory goes along by itself. */
function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  const buffers = arrays.map(({ buffer }) => buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
