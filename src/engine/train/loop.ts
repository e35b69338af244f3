import { aborted, badInput } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { Adam, cosineDecay } from './adam.ts';
import { type Checkpoint, readState, restoreState } from './checkpoint.ts';
import type { TrainableNetwork } from './networks.ts';
import {
  addTally,
  assess,
  type Batch,
  gradients,
  NOTHING,
  type Tally,
  trainableWeights,
} from './step.ts';

/** Where the volumes come from; a batch is asked for one step before it is needed. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  batch(epoch: number, step: number): Promise<Batch>;
}

export interface Rates {
  readonly loss: number;
  readonly accuracy: number;
  readonly n: number;
}

/** One line of the log. */
export type TrainRecord =
  | ({ readonly kind: 'step'; readonly epoch: number; readonly step: number } & Rates & {
        readonly rate: number;
        readonly seconds: number;
        readonly waited: number;
      })
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly train: Rates;
      readonly validation?: Rates;
      readonly seconds: number;
    };

export interface TrainOptions {
  readonly network: TrainableNetwork;
  readonly epochs: number;
  /** Learning rate at the start. */
  readonly rate: number;
  readonly source: BatchSource;
  readonly validation?: BatchSource;
  /** Identifies the run in its checkpoints. */
  readonly run: Readonly<Record<string, unknown>>;
  readonly resume?: Checkpoint;
  readonly checkpointEvery: number;
  readonly onCheckpoint: (checkpoint: Checkpoint) => Promise<void>;
  readonly onRecord: (record: TrainRecord) => void;
  readonly signal?: AbortSignal;
}

export function toRates({ n, loss, correct }: Tally): Rates {
  return { loss: loss / n, accuracy: correct / n, n };
}

/**
 * Trains with Adam and cosine decay on the softmax cross-entropy; leaves the trained weights in the
 * network. A run that is stopped and resumed from its last checkpoint gives the same bits as one that
 * was not. Rejects with the `aborted` error after writing a checkpoint.
 */
export async function train(options: TrainOptions): Promise<void> {
  const { network, epochs, rate, source, run, resume, signal } = options;
  if (resume && JSON.stringify(resume.run) !== JSON.stringify(run)) {
    throw badInput(
      `the checkpoint belongs to another run (${JSON.stringify(resume.run)}), this one is ${JSON.stringify(run)}; accepted: the same options`,
    );
  }
  const weights = trainableWeights(network);
  const adam = new Adam(weights);
  if (resume) restoreState(resume, weights, adam);
  const { stepsPerEpoch } = source;
  const total = epochs * stepsPerEpoch;
  let at = resume ? resume.epoch * stepsPerEpoch + resume.step : 0;
  const save = async () => {
    const position = { epoch: Math.floor(at / stepsPerEpoch), step: at % stepsPerEpoch };
    await options.onCheckpoint({ run, ...position, ...(await readState(weights, adam)) });
  };
  const ask = (index: number) => {
    const batch = source.batch(Math.floor(index / stepsPerEpoch), index % stepsPerEpoch);
    batch.catch(() => undefined); // reported where it is awaited
    return batch;
  };

  try {
    let next = at < total ? ask(at) : undefined;
    let epochTally = NOTHING;
    let epochStart = performance.now();
    while (next) {
      const start = performance.now();
      const batch = await next;
      const waited = (performance.now() - start) / 1000;
      next = at + 1 < total ? ask(at + 1) : undefined;
      const epoch = Math.floor(at / stepsPerEpoch);
      const step = at % stepsPerEpoch;
      const stepRate = cosineDecay(rate, at, total);
      const { gradients: g, tally } = await gradients(network, weights, batch);
      adam.apply(g, stepRate);
      tf.dispose(g);
      at++;
      epochTally = addTally(epochTally, tally);
      const seconds = (performance.now() - start) / 1000;
      options.onRecord({
        kind: 'step',
        epoch,
        step,
        ...toRates(tally),
        rate: stepRate,
        seconds,
        waited,
      });

      if (step === stepsPerEpoch - 1) {
        const validation =
          options.validation && (await evaluate(network, options.validation, signal));
        options.onRecord({
          kind: 'epoch',
          epoch,
          train: toRates(epochTally),
          validation,
          seconds: (performance.now() - epochStart) / 1000,
        });
        epochTally = NOTHING;
        epochStart = performance.now();
      }
      if (at % options.checkpointEvery === 0 || at === total) await save();
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (signal?.aborted) {
        await save();
        throw aborted();
      }
    }
  } finally {
    adam.dispose();
  }
}

/** Loss and accuracy over one epoch of `source`, without training. */
export async function evaluate(
  network: TrainableNetwork,
  source: BatchSource,
  signal?: AbortSignal,
): Promise<Rates> {
  let tally = NOTHING;
  let next: Promise<Batch> | undefined = source.batch(0, 0);
  for (let step = 0; next; step++) {
    const batch: Batch = await next;
    next = step + 1 < source.stepsPerEpoch ? source.batch(0, step + 1) : undefined;
    next?.catch(() => undefined);
    tally = addTally(tally, await assess(network, batch));
    if (signal?.aborted) throw aborted();
  }
  return toRates(tally);
}
