import { aborted } from '../../core/errors.ts';
import type { TrainableNetwork } from './networks.ts';
import { addTally, assess, type Batch, NOTHING, type Tally } from './step.ts';

/** Where the volumes come from; a batch is asked for one step before it is needed. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  batch(epoch: number, step: number): Promise<Batch>;
}

/** Means over `n` volumes. */
export interface Rates {
  readonly loss: number;
  readonly accuracy: number;
  readonly n: number;
}

export function toRates({ n, loss, correct }: Tally): Rates {
  return { loss: loss / n, accuracy: correct / n, n };
}

/** Whether `a` is better than `b`: more volumes right, or as many at a lower loss. */
export function isBetter(a: Rates, b: Rates): boolean {
  return a.accuracy === b.accuracy ? a.loss < b.loss : a.accuracy > b.accuracy;
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
    next?.catch(() => undefined); // reported where it is awaited
    tally = addTally(tally, await assess(network, batch));
    if (signal?.aborted) throw aborted();
  }
  return toRates(tally);
}
