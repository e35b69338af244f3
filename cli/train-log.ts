import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Checkpoint, Rates, TrainRecord } from '../src/engine/train/index.ts';
import { createEta } from './progress.ts';
import { cannotWrite, writeAtomically } from './write.ts';

/** The records of a run, one JSON document a line, in the order they came. */
export interface TrainLog {
  add(record: TrainRecord | ({ readonly kind: 'test' } & Rates)): void;
}

/**
 * Opens the log at `path`: empty, or for a resumed run what was written up to its checkpoint, so that
 * steps that are done again are not there twice.
 *
 * @throws AppError 'bad-file' here and in `add` when the file cannot be written.
 */
export async function openLog(path: string, resume?: Checkpoint): Promise<TrainLog> {
  const kept = resume && existsSync(path) ? upTo(resume, readFileSync(path, 'utf8')) : '';
  await writeAtomically(path, new TextEncoder().encode(kept));
  return {
    add(record) {
      try {
        appendFileSync(path, `${JSON.stringify(record)}\n`);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
  };
}

function upTo({ epoch, step, epochsDone }: Checkpoint, text: string): string {
  const before = (line: string) => {
    try {
      const record = JSON.parse(line) as TrainRecord;
      if (record.kind === 'epoch') return record.epoch < epochsDone;
      return record.epoch < epoch || (record.epoch === epoch && record.step < step);
    } catch {
      return false; // the line that was being written when the run was stopped
    }
  };
  return text
    .split('\n')
    .filter(before)
    .map((line) => `${line}\n`)
    .join('');
}

/** Says every step and epoch in words, with the time left. */
export function createNarrator(
  epochs: number,
  stepsPerEpoch: number,
  resume?: Checkpoint,
): (record: TrainRecord) => string {
  const first = resume ? resume.epoch * stepsPerEpoch + resume.step : 0;
  const eta = createEta(epochs * stepsPerEpoch, first);
  return (record) => {
    const where = `epoch ${record.epoch + 1}/${epochs}`;
    if (record.kind === 'epoch') return `${where}: ${epochLine(record)}`;
    const { epoch, step, seconds, waited } = record;
    const { left } = eta(epoch * stepsPerEpoch + step + 1);
    const waiting = waited >= 0.01 ? ` (${waited.toFixed(2)} s waiting for volumes)` : '';
    return `${where} step ${step + 1}/${stepsPerEpoch}: ${rates(record)}, ${seconds.toFixed(2)} s${waiting}, ${left} left`;
  };
}

function epochLine({ epoch, train, validation, best }: Extract<TrainRecord, { kind: 'epoch' }>) {
  if (!validation) return rates(train);
  const standing = best === epoch ? 'the best so far' : `best was epoch ${(best ?? 0) + 1}`;
  return `${rates(train)}; validation ${rates(validation)} (${standing})`;
}

const rates = ({ loss, accuracy }: Rates) =>
  `loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`;

export const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
