import { aborted, badInput, isAborted } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { Adam, cosineDecay } from './adam.ts';
import {
  assignValues,
  type Best,
  type Checkpoint,
  readState,
  readValues,
  restoreState,
} from './checkpoint.ts';
import { type BatchSource, evaluate, isBetter, type Rates, toRates } from './evaluate.ts';
import type { TrainableNetwork } from './networks.ts';
import { addTally, type Batch, gradients, NOTHING, trainableWeights } from './step.ts';

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
      /** The epoch that did best on the validation volumes so far. */
      readonly best?: number;
    };

export interface TrainOptions {
  readonly network: TrainableNetwork;
  readonly epochs: number;
  /** Learning rate at the start. */
  readonly rate: number;
  readonly source: BatchSource;
  readonly validation?: BatchSource;
  /**
   * Stops after so many epochs in a row without a better validation, and leaves the weights of the
   * best epoch in the network; without it, training leaves those of the last.
   */
  readonly patience?: number;
  /** Identifies the run in its checkpoints. */
  readonly run: Readonly<Record<string, unknown>>;
  readonly resume?: Checkpoint;
  /** Steps. */
  readonly checkpointEvery: number;
  readonly onCheckpoint: (checkpoint: Checkpoint) => Promise<void>;
  readonly onRecord: (record: TrainRecord) => void;
  readonly signal?: AbortSignal;
}

export interface TrainResult {
  /** Epochs done; fewer than asked for when stopped early. */
  readonly epochs: number;
  readonly best?: Best;
}

/**
 * Trains with Adam and cosine decay on the softmax cross-entropy; leaves the trained weights in the
 * network. A run that is stopped and resumed from its last checkpoint gives the same bits as one that
 * was not.
 *
 * @throws AppError 'aborted' after writing a checkpoint; 'bad-input' for the checkpoint of another run
 * and when the loss is no longer a number.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { network, epochs, rate, source, validation, patience, run, resume, signal } = options;
  if (resume && JSON.stringify(resume.run) !== JSON.stringify(run)) {
    throw badInput(
      `the checkpoint belongs to another run (${JSON.stringify(resume.run)}), this one is ${JSON.stringify(run)}; accepted: the same options`,
    );
  }
  const { stepsPerEpoch } = source;
  const total = epochs * stepsPerEpoch;
  const weights = trainableWeights(network);
  const adam = new Adam(weights);
  let bestWeights = resume && restoreState(resume, weights, adam);
  let best = resume?.best;
  let epochsDone = resume?.epochsDone ?? 0;
  let tally = resume?.tally ?? NOTHING;
  let at = resume ? resume.epoch * stepsPerEpoch + resume.step : 0;

  const save = async () => {
    const position = { epoch: Math.floor(at / stepsPerEpoch), step: at % stepsPerEpoch };
    const tensors = [...(await readState(weights, adam)), ...(bestWeights ?? [])];
    const state = { run, ...position, epochsDone, tally, best, adamSteps: adam.steps, tensors };
    await options.onCheckpoint(state);
  };
  const ask = (index: number): Promise<Batch> | undefined => {
    if (index >= total) return undefined;
    const batch = source.batch(Math.floor(index / stepsPerEpoch), index % stepsPerEpoch);
    batch.catch(() => undefined); // reported where it is awaited
    return batch;
  };
  let next = ask(at);

  async function step(coming: Promise<Batch>): Promise<void> {
    const start = performance.now();
    const batch = await coming;
    const waited = (performance.now() - start) / 1000;
    next = ask(at + 1);
    const [epoch, index] = [Math.floor(at / stepsPerEpoch), at % stepsPerEpoch];
    const stepRate = cosineDecay(rate, at, total);
    const { gradients: g, tally: own } = await gradients(network, batch);
    if (!Number.isFinite(own.loss)) {
      tf.dispose(g);
      throw badInput(
        `the loss is ${own.loss} in step ${index + 1} of epoch ${epoch + 1}; accepted: a lower learning rate than ${rate}`,
      );
    }
    adam.apply(g, stepRate);
    tf.dispose(g);
    tally = addTally(tally, own);
    at++;
    const seconds = (performance.now() - start) / 1000;
    const rates = toRates(own);
    const record = { epoch, step: index, ...rates, rate: stepRate, seconds, waited };
    options.onRecord({ kind: 'step', ...record });
  }

  async function finishEpoch(): Promise<void> {
    const rates = validation && (await evaluate(network, validation, signal));
    if (rates && (!best || isBetter(rates, best.validation))) {
      best = { epoch: epochsDone, validation: rates };
      if (patience) bestWeights = (await readValues(weights)).map((values) => values.slice());
    }
    options.onRecord({
      kind: 'epoch',
      epoch: epochsDone,
      train: toRates(tally),
      validation: rates,
      best: best?.epoch,
    });
    epochsDone++;
    tally = NOTHING;
  }

  try {
    for (;;) {
      const finished = at === (epochsDone + 1) * stepsPerEpoch;
      if (finished) await finishEpoch();
      const stale = best ? epochsDone - 1 - best.epoch : 0;
      if (!next || (patience && stale >= patience)) {
        if (finished) await save();
        break;
      }
      await step(next);
      if (at % options.checkpointEvery === 0) await save();
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (signal?.aborted) throw aborted();
    }
    if (bestWeights) assignValues(weights, bestWeights);
    return { epochs: epochsDone, best };
  } catch (error) {
    if (isAborted(error)) await save();
    throw error;
  } finally {
    adam.dispose();
  }
}
