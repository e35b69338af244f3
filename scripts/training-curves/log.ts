import { badFile } from '../../src/core/errors.ts';

/** One point of a curve; `at` counts epochs, 1 at the end of the first. */
export interface Point {
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
}

export interface Curves {
  readonly epochs: number;
  readonly steps: readonly Point[];
  readonly train: readonly Point[];
  readonly validation: readonly Point[];
  /** The epoch that did best on validation, if the log says. */
  readonly best?: number;
  /** On held-out volumes, once at the end. */
  readonly test?: { readonly accuracy: number; readonly n: number };
}

interface Rates {
  readonly loss: number;
  readonly accuracy: number;
  readonly n: number;
}

type Line =
  | ({ readonly kind: 'step'; readonly epoch: number; readonly step: number } & Rates)
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly train: Rates;
      readonly validation?: Rates;
      readonly best?: number;
    }
  | ({ readonly kind: 'test' } & Rates);

/** Reads a `log.jsonl` of `train`; throws 'bad-file' when no line of it is an epoch. */
export function readLog(text: string, name: string): Curves {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => parse(line, `${name}, line ${i + 1}`));
  const steps = lines.filter((line) => line.kind === 'step');
  const epochs = lines.filter((line) => line.kind === 'epoch');
  if (epochs.length === 0) throw badFile(name, 'has no epoch in it', 'the log.jsonl of a training');
  const perEpoch = 1 + steps.reduce((most, { step }) => Math.max(most, step), 0);
  const point = (at: number, { loss, accuracy }: Rates) => ({ at, loss, accuracy });
  const test = lines.find((line) => line.kind === 'test');
  return {
    epochs: 1 + epochs[epochs.length - 1].epoch,
    steps: steps.map((line) => point(line.epoch + (line.step + 1) / perEpoch, line)),
    // A mean over the epoch belongs to its middle.
    train: epochs.map(({ epoch, train }) => point(epoch + 0.5, train)),
    validation: epochs.flatMap(({ epoch, validation }) =>
      validation ? [point(epoch + 1, validation)] : [],
    ),
    best: epochs[epochs.length - 1].best,
    test: test && { accuracy: test.accuracy, n: test.n },
  };
}

function parse(line: string, where: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    throw badFile(where, 'is not JSON', 'the log.jsonl of a training');
  }
}

/** Steps that a small log keeps of one epoch. */
const KEPT = 12;

/** The log without times and with few steps of each epoch, the last among them. */
export function smallLog(text: string, name: string): string {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => parse(line, `${name}, line ${i + 1}`));
  const last = lines.reduce(
    (most, line) => (line.kind === 'step' ? Math.max(most, line.step) : most),
    0,
  );
  const every = Math.ceil((last + 1) / KEPT);
  return lines
    .filter((line) => line.kind !== 'step' || (last - line.step) % every === 0)
    .map((line) => `${JSON.stringify({ ...line, seconds: undefined, waited: undefined })}\n`)
    .join('');
}
