import { badFile, badInput } from '../errors.ts';
import { summarise } from './summarise.ts';
import type { Evaluation, EvaluationItem, EvaluationSetup, SkippedVolume } from './types.ts';

/** One shard as read from a file. */
export interface NamedEvaluation {
  /** File, for messages. */
  readonly name: string;
  readonly evaluation: Evaluation;
}

const ACCEPTED = 'JSON files written by evaluate';

/**
 * Checks that a parsed JSON document is an evaluation.
 *
 * @param name of the file, for messages
 * @throws AppError 'bad-file'
 */
export function checkEvaluation(document: unknown, name: string): NamedEvaluation {
  const { format, version, model, classes, total, data, items, skipped } = (document ??
    {}) as Partial<Evaluation>;
  if (format !== 'respond-cam-evaluation') throw badFile(name, 'not an evaluation', ACCEPTED);
  if (version !== 1) throw badFile(name, `an evaluation of version ${version}`, 'version 1');
  const whole =
    typeof model === 'string' &&
    Array.isArray(classes) &&
    Number.isSafeInteger(total) &&
    typeof data === 'object' &&
    data !== null &&
    Array.isArray(items) &&
    Array.isArray(skipped) &&
    items.every((item) => Number.isSafeInteger(item?.order) && isRecord(item, classes.length)) &&
    skipped.every(
      (volume) => Number.isSafeInteger(volume?.order) && typeof volume.reason === 'string',
    );
  if (!whole) throw badFile(name, 'an evaluation with parts missing', ACCEPTED);
  return { name, evaluation: document as Evaluation };
}

function isRecord({ scores, methods, ledger, class: truth, predicted }: EvaluationItem, n: number) {
  const isClass = (value: number | null) =>
    value === null || (Number.isSafeInteger(value) && value >= 0 && value < n);
  return (
    Array.isArray(scores) &&
    scores.length === n &&
    typeof ledger?.heatmap === 'number' &&
    typeof methods?.respond?.l1 === 'number' &&
    typeof methods.grad?.l1 === 'number' &&
    typeof methods.hirescam?.l1 === 'number' &&
    isClass(truth) &&
    predicted !== null &&
    isClass(predicted)
  );
}

/**
 * Joins the shards of one evaluation into exactly what one run gives.
 *
 * @throws AppError 'bad-input' when they are not shards of one evaluation, overlap, or leave volumes out.
 */
export function mergeEvaluations(shards: readonly NamedEvaluation[]): Evaluation {
  const first = shards[0];
  if (!first) throw badInput('There is nothing to join; accepted: the files of all shards.');
  for (const shard of shards.slice(1)) mustMatch(first, shard);
  const owner = new Map<number, string>();
  for (const { name, evaluation } of shards) {
    for (const { order, id } of volumesOf(evaluation)) {
      const other = owner.get(order);
      if (other !== undefined) {
        const where = other === name ? 'twice in it' : `also in ${other}`;
        throw badInput(
          `${name}: volume ${order} (${id}) is ${where}; accepted: each volume in one file`,
        );
      }
      owner.set(order, name);
    }
  }
  mustBeComplete(shards, owner);
  const parts = shards.map(({ evaluation }) => evaluation);
  return summarise(
    first.evaluation,
    {
      items: parts.flatMap(({ items }) => items),
      skipped: parts.flatMap(({ skipped }) => skipped),
    },
    { backend: [...new Set(parts.map(({ backend }) => backend))].sort().join(', ') },
  );
}

function volumesOf({ items, skipped }: Evaluation): readonly (EvaluationItem | SkippedVolume)[] {
  return [...items, ...skipped];
}

/** What two shards must agree in, in words. */
const SETUP: readonly (readonly [what: string, of: (setup: EvaluationSetup) => unknown])[] = [
  ['the network', ({ model }) => model],
  ['the classes', ({ classes }) => classes],
  ['the layer', ({ layer }) => layer],
  ['the set', ({ data }) => data.set],
  ['the SNR', ({ data }) => data.snr],
  ['the seed', ({ data }) => data.seed],
  ['the way classes were told', ({ data }) => data.labels],
  ['the normalization', ({ data }) => data.normalization],
  ['the fit', ({ data }) => data.fit],
  ['the number of volumes', ({ total }) => total],
];

function mustMatch(a: NamedEvaluation, b: NamedEvaluation): void {
  for (const [what, of] of SETUP) {
    const [one, other] = [a, b].map(({ evaluation }) => JSON.stringify(of(evaluation)) ?? 'none');
    if (one === other) continue;
    const values = one.length + other.length < 200 ? ` (${other}, there ${one})` : '';
    throw badInput(
      `${b.name}: ${what} is not that of ${a.name}${values}; accepted: shards of one evaluation`,
    );
  }
}

function mustBeComplete(
  shards: readonly NamedEvaluation[],
  owner: ReadonlyMap<number, string>,
): void {
  const { total, shard } = shards[0].evaluation;
  const missing = Array.from({ length: total }, (_, order) => order).filter(
    (order) => !owner.has(order),
  );
  if (missing.length === 0 && owner.size === total) return;
  if (missing.length === 0) {
    throw badInput(
      `${shards[0].name}: ${owner.size} volumes for a set of ${total}; accepted: shards of one evaluation`,
    );
  }
  const of = shard?.of;
  const lost = of
    ? [...new Set(missing.map((order) => order % of))].map((i) => `${i + 1}/${of}`)
    : [];
  throw badInput(
    `${missing.length} of ${total} volumes are in none of the files${lost.length > 0 ? ` (shards ${lost.sort().join(', ')})` : ''}; accepted: the files of all shards`,
  );
}
