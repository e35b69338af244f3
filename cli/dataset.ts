import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, sentence } from '../src/core/errors.ts';
import {
  createSimulator,
  type DatasetIndex,
  jsonSpec,
  type SimulationSpec,
  splitOf,
  type Template,
} from '../src/core/simulate/index.ts';
import type { DatasetJob, DatasetSetup } from './dataset-worker.ts';
import { startThreads } from './threads.ts';

export interface DatasetOptions {
  readonly templates: readonly Template[];
  /** Positions in `templates` of the classes to draw. */
  readonly classes: readonly number[];
  readonly spec: SimulationSpec;
  /** Volumes of each class. */
  readonly perClass: number;
  readonly out: string;
  readonly workers: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Draws a dataset into the folder `out`: `<class>/<index>.mrc` and, at the very end, `index.json`.
 * Volumes go straight from the threads to the disk, so memory does not grow with the set, and each
 * depends on the specification, its class and its index alone, so any number of workers gives the
 * same files.
 *
 * @throws AppError 'bad-file' when a file cannot be written, 'aborted' when cancelled.
 */
export async function writeDataset(options: DatasetOptions): Promise<DatasetIndex> {
  const { templates, classes, spec, perClass, out } = options;
  const { box, voxelSize, pose, classes: names } = createSimulator(templates, spec);
  const jobs: DatasetJob[] = classes.flatMap((classIndex) =>
    Array.from({ length: perClass }, (_, index) => ({
      class: classIndex,
      index,
      file: `${names[classIndex].id}/${String(index).padStart(6, '0')}.mrc`,
    })),
  );
  for (const classIndex of classes) {
    const folder = join(out, names[classIndex].id);
    await writing(folder, mkdir(folder, { recursive: true }));
  }
  const setup: DatasetSetup = { templates, spec, out };
  const count = Math.min(options.workers, jobs.length);
  const threads = await startThreads<DatasetJob, DatasetJob>('cli/dataset-worker.ts', setup, count);
  try {
    let done = 0;
    const answered = () => options.onProgress?.(++done, jobs.length);
    await threads.run(jobs, answered, options.signal);
  } finally {
    await threads.close();
  }
  const index: DatasetIndex = {
    format: 'respond-cam-dataset',
    version: 1,
    contrast: 'dark',
    voxelSize,
    box,
    classes: names,
    spec: jsonSpec(spec),
    items: jobs.map((job) => ({
      file: job.file,
      class: job.class,
      index: job.index,
      split: splitOf(job.index, perClass),
      ...pose(job.class, job.index),
    })),
  };
  const path = join(out, 'index.json');
  await writing(path, writeFile(path, `${JSON.stringify(index)}\n`));
  return index;
}

async function writing(path: string, action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (cause) {
    throw new AppError('bad-file', `${path}: cannot be written (${sentence(cause)})`, { cause });
  }
}
