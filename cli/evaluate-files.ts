import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badFile, badInput, sentence } from '../src/core/errors.ts';
import {
  checkEvaluation,
  type Evaluation,
  evaluationCsv,
  mergeEvaluations,
} from '../src/core/evaluation/index.ts';
import { readBytes } from './files.ts';
import { makeFolder, writeAtomically } from './write.ts';

/** Where to write what. */
export interface Outputs {
  /** A `.json` file, or a folder. */
  readonly out?: string;
  readonly csv?: string;
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

/** Writes the files asked for; returns one line for each. */
export async function writeOutputs(
  evaluation: Evaluation,
  { out, csv }: Outputs,
): Promise<string[]> {
  const files: [path: string, content: () => string][] = [];
  const { shard } = evaluation;
  const name = shard ? `evaluation-${shard.index}-of-${shard.of}` : 'evaluation';
  const json = () => `${JSON.stringify(evaluation)}\n`;
  const table = () => evaluationCsv(evaluation);
  if (out !== undefined && isJson(out)) files.push([out, json]);
  else if (out !== undefined) {
    files.push([join(out, `${name}.json`), json], [join(out, `${name}.csv`), table]);
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
  for (const path of paths) {
    const text = new TextDecoder().decode(await readBytes(path));
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch (error) {
      throw badFile(
        path,
        `this is not valid JSON (${sentence(error)})`,
        'files of evaluate --json',
      );
    }
    shards.push(checkEvaluation(document, path));
  }
  return mergeEvaluations(shards);
}
