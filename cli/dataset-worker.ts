import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { AppError, sentence } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { createSimulator, type SimulationSpec, type Template } from '../src/core/simulate/index.ts';
import { answerJobs } from './threads.ts';

export interface DatasetSetup {
  readonly templates: readonly Template[];
  readonly spec: SimulationSpec;
  readonly out: string;
}

/** One volume to draw and write; the answer is the job itself. */
export interface DatasetJob {
  readonly class: number;
  readonly index: number;
  /** Relative to `out`. */
  readonly file: string;
}

const { templates, spec, out } = workerData as DatasetSetup;
const simulator = createSimulator(templates, spec);
const data = new Float32Array(simulator.box ** 3);
const { box, voxelSize } = simulator;
const corner = (-voxelSize * (box - 1)) / 2;

answerJobs((job: DatasetJob) => {
  simulator.simulate(job.class, job.index, data);
  const bytes = writeMrc(
    {
      data,
      shape: [box, box, box],
      voxelSize: [voxelSize, voxelSize, voxelSize],
      origin: [corner, corner, corner],
    },
    { labels: labels(job) },
  );
  const path = join(out, job.file);
  try {
    writeFileSync(path, bytes);
  } catch (cause) {
    throw new AppError('bad-file', `${path}: cannot be written (${sentence(cause)})`, { cause });
  }
  return job;
});

function labels({ class: classIndex, index }: DatasetJob): string[] {
  const { id, name } = simulator.classes[classIndex];
  const snr = Number.isFinite(spec.snr) ? String(spec.snr) : 'inf';
  return [
    `${id} ${name}`,
    `simulated: ${spec.model}, SNR ${snr}, seed ${spec.seed}, index ${index}, dark density`,
  ];
}
