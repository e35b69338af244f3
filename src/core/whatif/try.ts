import { AppError, badInput } from '../errors.ts';
import { compareReplies } from './compare.ts';
import { counterfactualsOf } from './rows.ts';
import type { Counterfactual, Reading, Reply, Situation, Tried } from './types.ts';
import { counterfactualSentence } from './words.ts';

/** What prepares volumes and asks the network. */
export interface Host<P extends { readonly data: Float32Array }, A extends Reply> {
  /** Volumes that are prepared and asked about at once. */
  readonly batch: number;
  /** Of the classes, or of the references. */
  readonly names: readonly string[];
  /** Whether the answer is a direction rather than scores of classes. */
  readonly isEmbedding: boolean;
  /** Throws `bad-input` for a reading that cannot be carried out. */
  prepare(reading: Reading): Promise<P>;
  /** A volume without an answer has a reason instead. */
  answer(inputs: readonly P[]): Promise<readonly (A | { readonly reason: string })[]>;
  /** Whether an input is like the training volumes; null where that is not known. */
  inDomain(prepared: P, answer: A, reading: Reading): boolean | null;
  /** Called with the share that is done. */
  onProgress(fraction: number): void;
}

/** Other readings of a volume, and whether the present one is like the training volumes. */
export interface WhatIf {
  /** Those that change the answer first, in the order of the table. */
  readonly tried: readonly Tried[];
  readonly inDomain: boolean | null;
}

/**
 * Tries the other readings of a volume. One that gives the network the very same input, or none that it takes, is
 * left out.
 *
 * @throws AppError `bad-input` when the present reading has no answer
 */
export async function tryReadings<P extends { readonly data: Float32Array }, A extends Reply>(
  situation: Situation,
  host: Host<P, A>,
): Promise<WhatIf> {
  const { now } = situation;
  const rows = counterfactualsOf(situation);
  const present = await host.prepare(now);
  const [first] = await host.answer([present]);
  if ('reason' in first) throw badInput(first.reason);
  const tried: Tried[] = [];
  for (let next = 0; next < rows.length; ) {
    const batch: Ready<P>[] = [];
    for (; next < rows.length && batch.length < host.batch; next++) {
      const row = rows[next];
      const reading = { ...now, ...row.change };
      const prepared = await preparedOrNull(host, reading);
      if (prepared && !isSame(prepared.data, present.data)) batch.push({ row, reading, prepared });
    }
    const answers = await host.answer(batch.map(({ prepared }) => prepared));
    for (const [i, answer] of answers.entries()) {
      if ('reason' in answer) continue;
      const { row, reading, prepared } = batch[i];
      const difference = compareReplies(first, answer, host.isEmbedding);
      const sentence = counterfactualSentence(row, difference, host.names);
      const inDomain = host.inDomain(prepared, answer, reading);
      tried.push({ ...row, difference, sentence, inDomain });
    }
    host.onProgress(next / rows.length);
  }
  const rank = ({ difference }: Tried) => Number(!difference.changes);
  return {
    tried: tried.sort((a, b) => rank(a) - rank(b)),
    inDomain: host.inDomain(present, first, now),
  };
}

/** A reading that was carried out. */
interface Ready<P> {
  readonly row: Counterfactual;
  readonly reading: Reading;
  readonly prepared: P;
}

async function preparedOrNull<P extends { readonly data: Float32Array }, A extends Reply>(
  host: Host<P, A>,
  reading: Reading,
): Promise<P | null> {
  try {
    return await host.prepare(reading);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input') return null;
    throw error;
  }
}

/** Whether two inputs are the same but for rounding. */
function isSame(a: Float32Array, b: Float32Array): boolean {
  let largest = 0;
  let off = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]));
    off = Math.max(off, Math.abs(a[i] - b[i]));
  }
  return off <= 1e-5 * largest;
}
