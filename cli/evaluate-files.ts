import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  checkEvaluation,
  difference,
  type Evaluation,
  evaluationCsv,
  type EvaluationSetup,
  mergeEvaluations,
  type NamedEvaluation,
  type Shard,
} from '../src/core/evaluation/index.ts';
import { parseJson } from '../src/core/schema/index.ts';
import { readBytes } from './files.ts';
import { refuseFile, makeFolder, writeAtomically } from './write.ts';

/** Where to write what. */
export interface Outputs {
  /** A `.json` file, or a folder. */
  readonly out?: string;
  readonly csv?: string;
  /** Whether another evaluation there may be replaced. */
  readonly force: boolean;
}

/** The longest text that a JavaScript engine parses is not much longer. */
const MAX_BYTES = 500 * 2 ** 20;

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
  const there = await readShard(path).catch(() => undefined);
  const found = there && difference(setup, there.evaluation);
  const samePart = JSON.stringify(there?.evaluation.shard) === JSON.stringify(shard);
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
  evaluation: Evaluation,
  { out, csv }: Outputs,
): Promise<string[]> {
  const files: [path: string, content: () => string][] = [];
  const json = () => `${JSON.stringify(evaluation)}\n`;
  const table = () => evaluationCsv(evaluation);
  if (out !== undefined) {
    const path = jsonPath(out, evaluation.shard);
    files.push([path, json]);
    if (!isJson(out)) files.push([tablePath(path), table]);
  }
  if (csv !== undefined) files.push([csv, table]);
  for (const [path, content] of files) {
    await writeAtomically(path, new TextEncoder().encode(content()));
  }
  return files.map(([path]) => `Written: ${path}`);
}

/** Reads the JSON files of all shards and joins them. */
export async function joinFiles(paths: readonly string[]): Promise<Evaluation> {
  const shards = [];
  for (const path of paths) shards.push(await readShard(path));
  return mergeEvaluations(shards);
}

async function readShard(path: string): Promise<NamedEvaluation> {
  const kind = { file: path, accepted: 'files of evaluate --json', maxBytes: MAX_BYTES };
  return checkEvaluation(parseJson(await readBytes(path), kind), path);
}
