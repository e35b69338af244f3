import { badFile, badInput } from '../src/core/errors.ts';
import { anything, list, object, text, validate, whole } from '../src/core/schema/index.ts';
import { withFile } from './files.ts';
import { type ByteRange, entryReader, outlineOf } from './json-list.ts';

const ACCEPTED = 'documents of explain --volume all --json';

/** Flags that mean something to `--merge`. */
const FOR_MERGE: readonly string[] = ['merge', 'json'];

const shard = object({ volumes: list(anything, { max: Number.MAX_SAFE_INTEGER }) });
/** What is looked at in the document of one volume. */
const explained = object({
  model: text(10_000),
  input: object({ volume: whole({ min: 1 }), volumes: whole({ min: 1 }) }),
});

interface Explained extends ByteRange {
  readonly file: string;
  readonly model: string;
  readonly volume: number;
  readonly volumes: number;
}

/**
 * Joins the documents of all shards into that of one run: those of its volumes in order. How long each volume took is left
 * out, so that it is the same document wherever the shards ran. Everything is checked before the first one is given; files
 * are read a part at a time, however large they are.
 *
 * @throws AppError 'bad-input' when they are not shards of one run, overlap, or leave volumes out.
 */
export async function mergeExplanations(
  files: readonly string[],
  values: Readonly<Record<string, unknown>>,
): Promise<AsyncIterable<object>> {
  const usual = ['class', 'method', 'fit', 'normalize', 'backend']; // have a default, which is no choice
  const idle = Object.keys(values).find(
    (flag) => values[flag] && ![...FOR_MERGE, ...usual].includes(flag),
  );
  if (idle) throw badInput(`explain: --${idle} does not go with --merge`);
  const found: Explained[] = [];
  for (const file of files) for (const one of await partOf(file)) found.push(one);
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
  return documents([...byNumber.values()].sort((a, b) => a.volume - b.volume));
}

/** What the document of a shard holds. */
async function partOf(file: string): Promise<Explained[]> {
  const { rest, lists } = await withFile(file, (source) =>
    outlineOf(source, ['volumes'], ACCEPTED),
  );
  validate(shard, rest, file);
  const read = entryReader(file, ACCEPTED);
  const found: Explained[] = [];
  for (const range of lists.volumes) {
    const { model, input } = validate(explained, await read(range), file);
    if (input.volume > input.volumes)
      throw badFile(file, `has volume ${input.volume} of ${input.volumes}`, ACCEPTED);
    found.push({ file, model, ...input, ...range });
  }
  return found;
}

async function* documents(ordered: readonly Explained[]): AsyncGenerator<object> {
  const readers = new Map<string, ReturnType<typeof entryReader>>();
  for (const one of ordered) {
    const read = readers.get(one.file) ?? entryReader(one.file, ACCEPTED);
    readers.set(one.file, read);
    const { timing: _, ...rest } = (await read(one)) as { readonly timing?: unknown };
    yield rest;
  }
}
