import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import {
  createSimulator,
  type SimulationSpec,
  subtomogramFile,
  type Template,
} from '../src/core/simulate/index.ts';
import { answerJobs } from './threads.ts';
import { cannotWrite } from './write.ts';

export interface DatasetSetup {
  readonly templates: readonly Template[];
  readonly spec: SimulationSpec;
  readonly out: string;
}

/** One volume to draw and write; the answer is `file`. */
export interface DatasetJob {
  readonly class: number;
  readonly index: number;
  /** Relative to `out`. */
  readonly file: string;
}

const { templates, spec, out } = workerData as DatasetSetup;
const simulator = createSimulator(templates, spec);
const work = new Float32Array(simulator.box ** 3);

answerJobs((job: DatasetJob) => {
  const bytes = subtomogramFile(simulator, job.class, job.index, work);
  const path = join(out, job.file);
  try {
    // Renamed when complete: a file of the set is never half of one.
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true });
    throw cannotWrite(path, error);
  }
  return job.file;
});
