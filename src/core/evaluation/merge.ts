import { badFile, badInput } from '../errors.ts';
import { anything, object, quoted, validate } from '../schema/index.ts';
import { perMethod } from './record.ts';
import { evaluationHead, evaluationRecords, type ReadItem } from './schema.ts';
import { isInShard } from './shard.ts';
import { summariseInOrder } from './summarise.ts';
import type {
  Evaluation,
  EvaluationItem,
  EvaluationSetup,
  EvaluationStream,
  SkippedVolume,
} from './types.ts';

/** The lists of an evaluation that hold one record for each volume. */
export const RECORD_LISTS = ['items', 'skipped'] as const;
export type RecordList = (typeof RECORD_LISTS)[number];

/** What an evaluation, whole or a shard, says beside its records; what is summed up in it is computed again. */
export interface PartHead extends EvaluationSetup, Pick<Evaluation, 'backend' | 'shard'> {
  /** File, for messages. */
  readonly name: string;
}

/** A record of a part: which volume it is about, and where `read` of the part finds it. */
export interface RecordPlace {
  readonly order: number;
  readonly list: RecordList;
  /** Position in the list. */
  readonly at: number;
}

/** One shard, whose records are read when they are needed. */
export interface EvaluationPart {
  readonly head: PartHead;
  readonly places: readonly RecordPlace[];
  read(place: RecordPlace): Promise<EvaluationItem | SkippedVolume>;
}

const ACCEPTED = 'JSON files written by evaluate';
const kind = object({}, { format: anything, version: anything });

/**
 * Validates what a parsed JSON document says of an evaluation; its records are looked at by `recordReader`.
 *
 * @param name of the file, for messages
 * @throws AppError 'bad-file'
 */
export function readHead(document: unknown, name: string): PartHead {
  const { format, version } = validate(kind, document, name);
  if (format !== 'respond-cam-evaluation') throw badFile(name, 'not an evaluation', ACCEPTED);
  if (version !== 1) {
    throw badFile(name, `an evaluation of version ${quoted(version)}`, 'version 1');
  }
  const { items: _, skipped: __, ...head } = validate(evaluationHead, document, name);
  const { shard, fingerprint = null, data } = head;
  if (shard && shard.index > shard.of) {
    throw badFile(name, `there is no shard ${shard.index}/${shard.of}`, ACCEPTED);
  }
  const known = { ...data, fingerprint: data.fingerprint ?? null };
  return { ...head, name, fingerprint, data: known };
}

/**
 * Validates the parsed records of a part, one at a time.
 *
 * @throws AppError 'bad-file', also for a volume that is none of the shard's
 */
export function recordReader(
  head: PartHead,
): (value: unknown, list: RecordList, at: number) => EvaluationItem | SkippedVolume {
  const { name, shard, classes, total } = head;
  const schemas = evaluationRecords(classes.length, total);
  return (value, list, at) => {
    const path = `${list}[${at}]`;
    const record =
      list === 'items'
        ? withAll(validate(schemas.items, value, name, [], path))
        : validate(schemas.skipped, value, name, [], path);
    if (shard && !isInShard(shard, record.order)) {
      const part = `shard ${shard.index}/${shard.of}`;
      throw badFile(name, `volume ${record.order} is none of ${part}`, ACCEPTED);
    }
    return record;
  };
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

/**
 * Joins the shards of one evaluation into exactly what one run gives. Of the records only their places are held.
 *
 * @throws AppError 'bad-input' when they are not shards of one evaluation, overlap, or leave volumes out.
 */
export async function mergeEvaluations(
  parts: readonly EvaluationPart[],
): Promise<EvaluationStream> {
  const heads = parts.map(({ head }) => head);
  const [first] = heads;
  if (!first) throw badInput('There is nothing to join; accepted: the files of all shards.');
  for (const [i, head] of heads.entries()) {
    if (i > 0) mustMatch(first, head);
    if (heads.findIndex(({ name }) => name === head.name) < i) {
      throw badInput(`${head.name}: this file is given twice; accepted: each file once`);
    }
  }
  const owned = parts
    .flatMap((part) => part.places.map((place) => ({ part, place })))
    .sort((a, b) => a.place.order - b.place.order);
  await mustBeApart(owned);
  mustBeComplete(first, owned);
  async function* records(list?: RecordList) {
    for (const { part, place } of owned) {
      if (!list || place.list === list) yield await part.read(place);
    }
  }
  const backend = [...new Set(heads.map((head) => head.backend))].sort().join(', ');
  return {
    summary: await summariseInOrder(first, records(), { backend }),
    skippedCount: owned.filter(({ place }) => place.list === 'skipped').length,
    all: () => records(),
    items: () => records('items') as AsyncIterable<EvaluationItem>,
    skipped: () => records('skipped') as AsyncIterable<SkippedVolume>,
  };
}

interface Owned {
  readonly part: EvaluationPart;
  readonly place: RecordPlace;
}

/** @param owned in order */
async function mustBeApart(owned: readonly Owned[]): Promise<void> {
  for (let i = 1; i < owned.length; i++) {
    const [one, other] = [owned[i], owned[i - 1]];
    if (one.place.order !== other.place.order) continue;
    const [{ name }, { name: before }] = [one.part.head, other.part.head];
    const { order, id } = await one.part.read(one.place);
    const where = before === name ? 'twice in it' : `also in ${before}`;
    throw badInput(
      `${name}: volume ${order} (${id}) is ${where}; accepted: each volume in one file`,
    );
  }
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

function mustMatch(a: PartHead, b: PartHead): void {
  const found = difference(a, b);
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

function mustBeComplete({ total, shard }: PartHead, owned: readonly Owned[]): void {
  const missing = total - owned.length; // each volume is there once, and one of the `total`
  if (missing === 0) return;
  const lost = shard ? incomplete(shard.of, total, owned) : [];
  const named = `${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ' ...' : ''}`;
  throw badInput(
    `${missing} of ${total} volumes are in none of the files${lost.length > 0 ? ` (shards ${named})` : ''}; accepted: the files of all shards`,
  );
}

/** The shards, as `1/4`, of which volumes are missing. */
function incomplete(of: number, total: number, owned: readonly Owned[]): string[] {
  const found = new Map<number, number>();
  for (const { place } of owned) {
    const index = place.order % of;
    found.set(index, (found.get(index) ?? 0) + 1);
  }
  const lost: string[] = [];
  for (let i = 0; i < Math.min(of, total) && lost.length < 6; i++) {
    if ((found.get(i) ?? 0) < Math.ceil((total - i) / of)) lost.push(`${i + 1}/${of}`);
  }
  return lost;
}
