import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { createSimulator, subtomogramFile } from '../src/core/simulate/index.ts';
import type { DatasetJob, DatasetSetup } from './dataset-job.ts';
import { answerJobs } from './threads.ts';
import { cannotWrite } from './write.ts';

const { templates, spec, out, part: ending } = workerData as DatasetSetup;
const simulator = createSimulator(templates, spec);
const work = new Float32Array(simulator.box ** 3);

answerJobs((job: DatasetJob) => {
  const bytes = subtomogramFile(simulator, job.class, job.index, work);
  const path = join(out, job.file);
  const part = `${path}${ending}`;
  try {
    // Renamed when complete: a file of the set is never half of one.
    writeFileSync(part, bytes);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw cannotWrite(path, error);
  }
  return job.file;
});
