import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  difference,
  type EvaluationPart,
  type EvaluationSetup,
  type EvaluationStream,
  evaluationTable,
  mergeEvaluations,
  RECORD_LISTS,
  readHead,
  type RecordPlace,
  recordReader,
  type Shard,
} from '../src/core/evaluation/index.ts';
import { withFile } from './files.ts';
import { entryReader, outlineOf } from './json-list.ts';
import { inPieces, jsonText, type StreamedDocument } from './json-text.ts';
import { refuseFile, makeFolder, writeAtomically } from './write.ts';

/** Where to write what. */
export interface Outputs {
  /** A `.json` file, or a folder. */
  readonly out?: string;
  readonly csv?: string;
  /** Whether another evaluation there may be replaced. */
  readonly force: boolean;
}

const isJson = (path: string) => /\.json$/i.test(path);

/** Makes the folders of all outputs; throws `bad-input` before any work is done if one cannot be written. */
export async function checkOutputs({ out, csv }: Outputs): Promise<void> {
  if (out !== undefined) await makeFolder(isJson(out) ? dirname(out) : out);
  if (csv !== undefined) await makeFolder(dirname(csv), '--csv');
  for (const [flag, file] of [
    ['out', out !== undefined && isJson(out) ? out : undefined],
    ['csv', csv],
  ]) {
    const info = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (info?.isDirectory())
      throw badInput(`--${flag} ${file}: this is a folder; accepted: a file`);
  }
}

/**
 * Refuses to replace another evaluation, or another document, that is already where the result is to go.
 * The same evaluation, done again, may replace itself; of a table alone that cannot be known.
 *
 * @throws AppError 'bad-input' before any work is done.
 */
export async function refuseOther(
  setup: EvaluationSetup,
  shard: Shard | null,
  { out, csv, force }: Outputs,
): Promise<void> {
  if (force) return;
  if (csv !== undefined) await refuseFile(`--csv ${csv}`, csv);
  if (out === undefined) return;
  const path = jsonPath(out, shard);
  if (!existsSync(path)) {
    if (!isJson(out)) await refuseFile(`--out ${out}`, tablePath(path));
    return;
  }
  const there = await readPart(path).then(
    ({ head }) => head,
    () => undefined,
  );
  const found = there && difference(setup, there);
  const samePart = JSON.stringify(there?.shard) === JSON.stringify(shard);
  if (there && !found && samePart) return;
  const what =
    there && !found
      ? 'another shard'
      : found
        ? `another evaluation (${found.what} differs)`
        : 'another document';
  throw badInput(
    `--out ${out}: ${path} holds ${what}; accepted: another name, or --force to replace it`,
  );
}

/** The table beside a JSON document. */
function tablePath(json: string): string {
  return json.replace(/json$/, 'csv');
}

function jsonPath(out: string, shard: Shard | null): string {
  if (isJson(out)) return out;
  return join(out, `evaluation${shard ? `-${shard.index}-of-${shard.of}` : ''}.json`);
}

/** Writes the files asked for; returns one line for each. */
export async function writeOutputs(
  evaluation: EvaluationStream,
  { out, csv }: Outputs,
): Promise<string[]> {
  const { summary } = evaluation;
  const files: [path: string, content: () => AsyncIterable<string>][] = [];
  const json = () => jsonLine(evaluation);
  const table = () => inPieces(tableLines(evaluation));
  if (out !== undefined) {
    const path = jsonPath(out, summary.shard);
    files.push([path, json]);
    if (!isJson(out)) files.push([tablePath(path), table]);
  }
  if (csv !== undefined) files.push([csv, table]);
  for (const [path, content] of files) await writeAtomically(path, content());
  return files.map(([path]) => `Written: ${path}`);
}

/** The document of an evaluation. */
export function documentOf({ summary, items, skipped }: EvaluationStream): StreamedDocument {
  return { ...summary, items: items(), skipped: skipped() };
}

async function* jsonLine(evaluation: EvaluationStream) {
  yield* jsonText(documentOf(evaluation));
  yield '\n';
}

async function* tableLines({ summary, all }: EvaluationStream) {
  const { head, row } = evaluationTable(summary);
  yield head;
  for await (const record of all()) yield row(record);
}

/** Reads the JSON files of all shards and joins them, however large they are. */
export async function joinFiles(paths: readonly string[]): Promise<EvaluationStream> {
  const parts: EvaluationPart[] = [];
  for (const path of paths) parts.push(await openPart(path));
  return mergeEvaluations(parts);
}

const ACCEPTED = 'files of evaluate --json';

/** What a file says of an evaluation, and where its records lie in it. */
async function readPart(path: string) {
  const { rest, lists } = await withFile(path, (source) =>
    outlineOf(source, RECORD_LISTS, ACCEPTED),
  );
  return { head: readHead(rest, path), lists };
}

async function openPart(path: string): Promise<EvaluationPart> {
  const { head, lists } = await readPart(path);
  const check = recordReader(head);
  const places: RecordPlace[] = [];
  for (const list of RECORD_LISTS) {
    const read = entryReader(path, ACCEPTED);
    for (const [at, range] of lists[list].entries()) {
      const { order } = check(await read(range), list, at);
      places.push({ order, list, at });
    }
  }
  const read = entryReader(path, ACCEPTED);
  return {
    head,
    places,
    read: async (place) => check(await read(lists[place.list][place.at]), place.list, place.at),
  };
}
