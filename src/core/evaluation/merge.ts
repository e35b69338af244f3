import { badFile, badInput } from '../errors.ts';
import { anything, object, quoted, validate } from '../schema/index.ts';
import { perMethod } from './record.ts';
import { evaluationHead, evaluationRecords, type ReadItem } from './schema.ts';
import { isInShard } from './shard.ts';
import { summarise } from './summarise.ts';
import type { Evaluation, EvaluationItem, EvaluationSetup, SkippedVolume } from './types.ts';

/** One shard as read from a file; what is summed up in it is computed again. */
export interface NamedEvaluation {
  /** File, for messages. */
  readonly name: string;
  readonly evaluation: EvaluationPart;
}

type EvaluationPart = EvaluationSetup & Pick<Evaluation, 'backend' | 'shard' | 'items' | 'skipped'>;

const ACCEPTED = 'JSON files written by evaluate';
const kind = object({}, { format: anything, version: anything });

/**
 * Validates a parsed JSON document as an evaluation, whole or a shard.
 *
 * @param name of the file, for messages
 * @throws AppError 'bad-file'
 */
export function checkEvaluation(document: unknown, name: string): NamedEvaluation {
  const { format, version } = validate(kind, document, name);
  if (format !== 'respond-cam-evaluation') throw badFile(name, 'not an evaluation', ACCEPTED);
  if (version !== 1) {
    throw badFile(name, `an evaluation of version ${quoted(version)}`, 'version 1');
  }
  const head = validate(evaluationHead, document, name);
  const { items, skipped } = validate(evaluationRecords(head), document, name);
  const evaluation = {
    ...head,
    fingerprint: head.fingerprint ?? null,
    data: { ...head.data, fingerprint: head.data.fingerprint ?? null },
    items: items.map(withAll),
    skipped,
  };
  checkShard(evaluation, name);
  return { name, evaluation };
}

/** A record of an earlier program has no correlations and no spread: they are not known. */
function withAll(item: ReadItem): EvaluationItem {
  const unknown = { activationSum: null, runnerUp: null };
  const { specificity, activationSpread } = item;
  return {
    ...item,
    specificity: perMethod((method) => specificity?.[method] ?? unknown),
    activationSpread: activationSpread ?? null,
  };
}

/** Every volume of a shard is one that the shard takes. */
function checkShard(evaluation: EvaluationPart, name: string): void {
  const { shard } = evaluation;
  if (!shard) return;
  const { index, of } = shard;
  const foreign = volumesOf(evaluation).find(({ order }) => !isInShard(shard, order));
  if (index <= of && !foreign) return;
  const what = foreign ? `volume ${foreign.order} is none of` : 'there is no';
  throw badFile(name, `${what} shard ${index}/${of}`, ACCEPTED);
}

/**
 * Joins the shards of one evaluation into exactly what one run gives.
 *
 * @throws AppError 'bad-input' when they are not shards of one evaluation, overlap, or leave volumes out.
 */
export function mergeEvaluations(shards: readonly NamedEvaluation[]): Evaluation {
  const first = shards[0];
  if (!first) throw badInput('There is nothing to join; accepted: the files of all shards.');
  for (const [i, shard] of shards.entries()) {
    if (i > 0) mustMatch(first, shard);
    if (shards.findIndex(({ name }) => name === shard.name) < i) {
      throw badInput(`${shard.name}: this file is given twice; accepted: each file once`);
    }
  }
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

function volumesOf({
  items,
  skipped,
}: EvaluationPart): readonly (EvaluationItem | SkippedVolume)[] {
  return [...items, ...skipped];
}

/** What two shards must agree in, in words. */
const SETUP: readonly (readonly [what: string, of: (setup: EvaluationSetup) => unknown])[] = [
  // Wherever they lie: a path says nothing about the weights or the files in it.
  ['the network', ({ fingerprint, model }) => fingerprint ?? model],
  ['the classes', ({ classes }) => classes],
  ['the layer', ({ layer }) => layer],
  ['the set', ({ data }) => data.fingerprint ?? data.set],
  ['the SNR', ({ data }) => data.snr],
  ['the seed', ({ data }) => data.seed],
  ['the way classes were known', ({ data }) => data.labels],
  ['the normalization', ({ data }) => data.normalization],
  ['the fit', ({ data }) => data.fit],
  ['the contrast', ({ data }) => data.invert ?? false],
  ['the offset', ({ data }) => data.offset ?? 0],
  ['whether deletion and insertion are run', ({ data }) => data.faithfulness ?? false],
  ['the number of volumes', ({ total }) => total],
];

/** In what two evaluations, or shards of one, differ, in words; undefined when in nothing. */
export function difference(
  a: EvaluationSetup,
  b: EvaluationSetup,
): { readonly what: string; readonly of: readonly [a: string, b: string] } | undefined {
  for (const [what, of] of SETUP) {
    const [one, other] = [a, b].map((setup) => JSON.stringify(of(setup)) ?? 'none');
    if (one !== other) return { what, of: [one, other] };
  }
  return undefined;
}

function mustMatch(a: NamedEvaluation, b: NamedEvaluation): void {
  const found = difference(a.evaluation, b.evaluation);
  if (found) {
    const {
      what,
      of: [one, other],
    } = found;
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
  const missing = total - owner.size; // each volume is there once, and one of the `total`
  if (missing === 0) return;
  const lost = shard ? incomplete(shard.of, total, owner) : [];
  const named = `${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ' ...' : ''}`;
  throw badInput(
    `${missing} of ${total} volumes are in none of the files${lost.length > 0 ? ` (shards ${named})` : ''}; accepted: the files of all shards`,
  );
}

/** The shards, as `1/4`, of which volumes are missing. */
function incomplete(of: number, total: number, owner: ReadonlyMap<number, string>): string[] {
  const found = new Map<number, number>();
  for (const order of owner.keys()) found.set(order % of, (found.get(order % of) ?? 0) + 1);
  const lost: string[] = [];
  for (let i = 0; i < Math.min(of, total) && lost.length < 6; i++) {
    if ((found.get(i) ?? 0) < Math.ceil((total - i) / of)) lost.push(`${i + 1}/${of}`);
  }
  return lost;
}
