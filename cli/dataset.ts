import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aborted, badInput } from '../src/core/errors.ts';
import type { Shard } from '../src/core/evaluation/index.ts';
import {
  createSimulator,
  type DatasetIndex,
  holdsSubtomogram,
  jsonSpec,
  type SimulationSpec,
  type Simulator,
  type SnrFigures,
  splitOf,
  subtomogramBytes,
  type Template,
} from '../src/core/simulate/index.ts';
import {
  either,
  line,
  list,
  number,
  object,
  oneOf,
  validate,
  whole,
} from '../src/core/schema/index.ts';
import { type DatasetJob, type DatasetSetup, PART } from './dataset-job.ts';
import { readBytes } from './files.ts';
import { hashTemplates } from './templates.ts';
import { lockFolder } from './lock.ts';
import { partOf } from './shard.ts';
import { startThreads } from './threads.ts';
import { makeFolder, requireSpace, size, writeAtomically } from './write.ts';

export interface DatasetOptions {
  readonly templates: readonly Template[];
  /** Positions in `templates` of the classes to draw. */
  readonly classes: readonly number[];
  readonly spec: SimulationSpec;
  readonly snr: SnrFigures;
  /** Volumes of each class. */
  readonly perClass: number;
  readonly out: string;
  readonly workers: number;
  /** Only this part of the volumes; others may be drawn into the same folder at the same time. */
  readonly shard: Shard | null;
  readonly signal?: AbortSignal;
  /** Once, before the first volume. */
  readonly onStart?: (start: DatasetStart) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DatasetStart {
  /** Whole volumes that are left from a run that was stopped. */
  readonly there: number;
  /** Files in the place of a volume that are not it; they are drawn again. */
  readonly damaged: number;
  readonly total: number;
  /** Of all files together. */
  readonly bytes: number;
}

/**
 * Draws a dataset into the folder `out`: `<class>/<index>.mrc`, and `index.json` that lists them.
 * Volumes go straight from the threads to the disk, so memory does not grow with the set, and each
 * depends on the specification, its class and its index alone, so any number of workers gives the
 * same files. Stopped, it leaves the volumes so far with an index of them; asked for again, it draws
 * the rest. A volume that is there counts when its labels and checksum say that it is this one, whole.
 * A shard leaves an index without volumes, and its own as the result.
 *
 * @throws AppError 'bad-input' when `out` holds something else or its disk is too small, 'bad-file' when
 * a file cannot be written, 'aborted' when cancelled.
 */
export async function writeDataset(options: DatasetOptions): Promise<DatasetIndex> {
  await makeFolder(options.out);
  // Shards run on many machines, one of which may have died.
  if (options.shard) return drawInto(options);
  const unlock = lockFolder(options.out);
  try {
    return await drawInto(options);
  } finally {
    unlock();
  }
}

async function drawInto(options: DatasetOptions): Promise<DatasetIndex> {
  const { templates, classes, spec, perClass, out, shard } = options;
  const simulator = createSimulator(templates, spec);
  const { box, voxelSize, pose, classes: names } = simulator;
  const whole: DatasetJob[] = classes.flatMap((classIndex) =>
    Array.from({ length: perClass }, (_, index) => ({
      class: classIndex,
      index,
      file: `${names[classIndex].id}/${String(index).padStart(6, '0')}.mrc`,
    })),
  );
  const jobs = partOf(whole, shard);
  const set: Omit<DatasetIndex, 'items' | 'snr'> = {
    format: 'respond-cam-dataset',
    version: 1,
    contrast: 'dark',
    voxelSize,
    box,
    classes: names,
    spec: jsonSpec(spec),
    templates: hashTemplates(templates),
    drawn: classes,
    perClass,
  };
  const folders = classes.map((classIndex) => join(out, names[classIndex].id));
  await refuseOther(set, out, folders);
  for (const folder of folders) await makeFolder(folder);

  const bytes = subtomogramBytes(simulator);
  const done = new Set<DatasetJob>();
  let damaged = 0;
  for (const job of jobs) {
    if (options.signal?.aborted) throw aborted();
    const path = join(out, job.file);
    if (!existsSync(path)) continue;
    if (fileSize(path) === bytes && (await holds(path, simulator, job))) done.add(job);
    else damaged++;
  }
  const missing = jobs.filter((job) => !done.has(job));
  await requireSpace(out, missing.length * bytes, `${missing.length} subtomograms`);
  options.onStart?.({ there: done.size, damaged, total: jobs.length, bytes: jobs.length * bytes });

  const writeIndex = async (): Promise<DatasetIndex> => {
    const items = jobs
      .filter((job) => done.has(job))
      .map((job) => ({
        ...{ file: job.file, class: job.class, index: job.index },
        split: splitOf(job.index, perClass),
        ...pose(job.class, job.index),
      }));
    const index: DatasetIndex = { ...set, snr: options.snr, items };
    const path = join(out, 'index.json');
    // Shards that begin together write the same one.
    const name = shard ? `${path}.${randomUUID().slice(0, 8)}` : path;
    if (shard && existsSync(path)) return index;
    const written = shard ? { ...index, items: [] } : index;
    await writeAtomically(name, new TextEncoder().encode(`${JSON.stringify(written)}\n`));
    if (name !== path) renameSync(name, path);
    return index;
  };
  await writeIndex();
  try {
    await drawAll(options, missing, (job) => {
      done.add(job);
      options.onProgress?.(done.size, jobs.length);
    });
  } catch (error) {
    await writeIndex().catch(() => undefined); // the first error is the one to report
    throw error;
  }
  if (!shard) for (const folder of folders) removeParts(folder);
  return writeIndex();
}

async function drawAll(
  { templates, spec, out, workers, shard, signal }: DatasetOptions,
  jobs: readonly DatasetJob[],
  onDone: (job: DatasetJob) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  // Another machine may draw the same volume, where the first one was taken for dead.
  const part = shard ? `.${randomUUID().slice(0, 8)}${PART}` : PART;
  const setup: DatasetSetup = { templates, spec, out, part };
  const byFile = new Map(jobs.map((job) => [job.file, job]));
  const threads = await startThreads<DatasetJob, string>(
    'cli/dataset-worker.ts',
    setup,
    Math.min(workers, jobs.length),
  );
  try {
    await threads.run(jobs, (file) => onDone(byFile.get(file) as DatasetJob), signal);
  } finally {
    await threads.close();
  }
}

/** Refuses a folder with volumes that are not of this set. */
async function refuseOther(
  set: Omit<DatasetIndex, 'items' | 'snr'>,
  out: string,
  folders: readonly string[],
): Promise<void> {
  const path = join(out, 'index.json');
  // Looked at before the index, which another shard writes before its first volume.
  const full = folders.find((folder) => existsSync(folder) && readdirSync(folder).length > 0);
  const accepted = 'accepted: an empty folder, or the flags that began it, to continue';
  if (existsSync(path)) {
    const text = new TextDecoder().decode(await readBytes(path));
    const other = identity(text);
    if (other?.text === JSON.stringify(set)) return;
    throw badInput(`--out ${out}: holds ${other?.words ?? 'other files'}; ${accepted}`);
  }
  if (full) throw badInput(`--out ${out}: ${full} holds other files; ${accepted}`);
}

/** What processes that were killed left of unfinished volumes. */
function removeParts(folder: string): void {
  for (const name of readdirSync(folder)) if (name.endsWith(PART)) rmSync(join(folder, name));
}

/** What another set is recognised by. */
const otherSet = object({
  format: oneOf('respond-cam-dataset'),
  drawn: list(whole(), { max: 10_000 }),
  perClass: whole(),
  spec: object({ snr: either(number(), oneOf('inf')), seed: whole(), model: line(100) }),
});

interface Identity {
  /** All but what follows from the rest, as text. */
  readonly text: string;
  readonly words: string;
}

/** What makes the set of an index; undefined when it is not one. */
function identity(text: string): Identity | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const { drawn, perClass, spec } = validate(otherSet, document, 'index.json');
    const { items: _, snr: __, ...set } = document as Readonly<Record<string, unknown>>;
    const words = `another dataset (${drawn.length} x ${perClass} subtomograms, SNR ${spec.snr}, seed ${spec.seed}, ${spec.model} model, or other parameters of the microscope)`;
    return { text: JSON.stringify(set), words };
  } catch {
    return undefined;
  }
}

async function holds(path: string, simulator: Simulator, job: DatasetJob): Promise<boolean> {
  return holdsSubtomogram(await readBytes(path), simulator, job.class, job.index);
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

/** `Drawing 23000 subtomograms (5.9 GB), of which 120 are there already and 2 are damaged.` */
export function startLine({ there, damaged, total, bytes }: DatasetStart): string {
  const are = (n: number, what: string) =>
    n > 0 ? [`${n} ${n === 1 ? 'is' : 'are'} ${what}`] : [];
  const parts = [...are(there, 'there already'), ...are(damaged, 'damaged and drawn again')];
  const left = parts.length > 0 ? `, of which ${parts.join(' and ')}` : '';
  return `Drawing ${total} ${total === 1 ? 'subtomogram' : 'subtomograms'} (${size(bytes)})${left}.`;
}
