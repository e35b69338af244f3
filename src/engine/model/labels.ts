import { badFile } from '../../core/errors.ts';
import { parseJson } from '../../core/schema/index.ts';
import type { TaskOptions } from '../types.ts';
import type { ModelFiles } from './source.ts';

const MAX_BYTES = 2 ** 22;
const MAX_LETTERS = 200;
const ACCEPTED =
  'a text file of one name per line, or JSON: a list of names, names by their index (also those of Keras, `{"0": ["n01440764", "tench"]}`), `{"id2label": {...}}`, or nnU-Net’s dataset.json';

/** Names of a network's classes from a file of their own. */
export interface Labels {
  readonly names: readonly string[];
  /** What messages call the file. */
  readonly file: string;
  /** The user named the file, so it must fit. */
  readonly given: boolean;
}

/** The labels given with a network, or else those beside it; null without any. Throws `bad-file`. */
export async function readLabels(
  { labels }: ModelFiles,
  { signal }: TaskOptions,
): Promise<Labels | null> {
  for (const { label: file, read } of labels.files) {
    const bytes = await read({ signal, limit: MAX_BYTES });
    if (bytes) return { names: distinct(namesOf(bytes, file)), file, given: labels.given };
  }
  return null;
}

function namesOf(bytes: Uint8Array, file: string): string[] {
  if (bytes.length > MAX_BYTES) throw badFile(file, 'it is larger than 4 MiB', ACCEPTED);
  const names = /\.json$/i.test(file)
    ? fromJson(parseJson(bytes, { file, accepted: ACCEPTED, maxBytes: MAX_BYTES }))
    : new TextDecoder().decode(bytes).trimEnd().split(/\r?\n/);
  const bad = names?.findIndex((name) => name.trim() === '' || name.length > MAX_LETTERS) ?? -1;
  if (!names || names.length === 0) throw badFile(file, 'it holds no list of names', ACCEPTED);
  if (bad >= 0) {
    throw badFile(file, `name ${bad + 1} is empty or longer than ${MAX_LETTERS} letters`, ACCEPTED);
  }
  return names.map((name) => name.trim());
}

/** Null where it is none of the forms. */
function fromJson(document: unknown): string[] | null {
  if (Array.isArray(document)) return document.every(isText) ? document : null;
  if (typeof document !== 'object' || document === null) return null;
  if ('id2label' in document) return fromJson(document.id2label);
  if ('labels' in document)
    return Array.isArray(document.labels) ? fromJson(document.labels) : ofNnunet(document.labels);
  const rows = Object.entries(document).map(([index, value]) => {
    const name: unknown = Array.isArray(value) ? value.at(-1) : value;
    return { index: Number(index), name };
  });
  rows.sort((a, b) => a.index - b.index);
  const names = rows.map(({ name }) => name).filter(isText);
  const whole = rows.every(({ index }, i) => index === i) && names.length === rows.length;
  return whole ? names : null;
}

/** Values by name, of which `ignore` has no channel; of regions, which are lists of values, the background has none. */
function ofNnunet(labels: unknown): string[] | null {
  if (typeof labels !== 'object' || labels === null) return null;
  const rows = Object.entries(labels).filter(([name]) => name !== 'ignore');
  if (rows.some(([, value]) => Array.isArray(value)))
    return rows.map(([name]) => name).filter((name) => name !== 'background');
  rows.sort(([, a], [, b]) => a - b);
  return rows.every(([, value], i) => Number(value) === i) ? rows.map(([name]) => name) : null;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** ImageNet has two cranes; classes are distinguished by their names. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/**
 * Names for `count` classes; null, with a note, where the file beside the network has another number.
 *
 * @throws AppError 'bad-file' where the user named the file
 */
export function fittingLabels(
  { names, file, given }: Labels,
  count: number,
): { names: readonly string[] | null; notes: readonly string[] } {
  if (names.length === count) return { names, notes: [] };
  const found = `it has ${names.length} names, but the network has ${count} ${count === 1 ? 'score' : 'scores'}`;
  if (given) throw badFile(file, found, 'one name per score');
  return { names: null, notes: [`${file} was left aside: ${found}.`] };
}
