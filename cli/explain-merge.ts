import { badFile, badInput } from '../src/core/errors.ts';
import {
  anyObject,
  list,
  object,
  parseJson,
  text,
  validate,
  whole,
} from '../src/core/schema/index.ts';
import { readBytes } from './files.ts';

/** The longest text that a JavaScript engine parses is not much longer. */
const MAX_BYTES = 500 * 2 ** 20;

const ACCEPTED = 'documents of explain --volume all --json';

/** Flags that mean something to `--merge`. */
const FOR_MERGE: readonly string[] = ['merge', 'json'];

/** What is looked at in the document of one volume. */
const explained = object({
  model: text(10_000),
  input: object({ volume: whole({ min: 1 }), volumes: whole({ min: 1 }) }),
});
const part = object({ volumes: list(anyObject, { max: 10_000_000 }) });

interface Explained {
  readonly file: string;
  readonly model: string;
  readonly volume: number;
  readonly volumes: number;
  readonly document: object;
}

/**
 * Joins the documents of all shards into that of one run. How long each volume took is left out, so that it is the same
 * document wherever the shards ran.
 *
 * @throws AppError 'bad-input' when they are not shards of one run, overlap, or leave volumes out.
 */
export async function mergeExplanations(
  files: readonly string[],
  values: Readonly<Record<string, unknown>>,
): Promise<{ volumes: object[] }> {
  const usual = ['class', 'method', 'fit', 'normalize', 'backend']; // have a default, which is no choice
  const idle = Object.keys(values).find(
    (flag) => values[flag] && ![...FOR_MERGE, ...usual].includes(flag),
  );
  if (idle) throw badInput(`explain: --${idle} does not go with --merge`);
  const found: Explained[] = [];
  for (const file of files) found.push(...(await readPart(file)));
  const [first] = found;
  if (!first) throw badInput('explain: --merge found no volume; accepted: the JSON of all shards');
  const byNumber = new Map<number, Explained>();
  for (const one of found) {
    const { file, volume, volumes, model } = one;
    if (model !== first.model || volumes !== first.volumes) {
      const what = model !== first.model ? `the network ${model}` : `a set of ${volumes} volumes`;
      throw badInput(
        `${file}: is about ${what}, unlike ${first.file}; accepted: shards of one run`,
      );
    }
    const other = byNumber.get(volume);
    if (other) {
      throw badInput(
        `${file}: volume ${volume} is also in ${other.file}; accepted: each volume in one file`,
      );
    }
    byNumber.set(volume, one);
  }
  const numbers = Array.from({ length: first.volumes }, (_, i) => i + 1);
  const missing = numbers.filter((number) => !byNumber.has(number));
  if (missing.length > 0) {
    throw badInput(
      `explain: --merge misses ${missing.length} of ${first.volumes} volumes, the first is volume ${missing[0]}; accepted: the JSON of all shards`,
    );
  }
  const ordered = [...byNumber.values()].sort((a, b) => a.volume - b.volume);
  return { volumes: ordered.map(({ document }) => document) };
}

async function readPart(file: string): Promise<Explained[]> {
  const kind = { file, accepted: ACCEPTED, maxBytes: MAX_BYTES };
  const { volumes } = validate(part, parseJson(await readBytes(file), kind), file);
  return volumes.map((document) => {
    const { timing: _, ...rest } = document;
    const { model, input } = validate(explained, document, file);
    if (input.volume > input.volumes) {
      throw badFile(file, `has volume ${input.volume} of ${input.volumes}`, ACCEPTED);
    }
    return { file, model, ...input, document: rest };
  });
}
