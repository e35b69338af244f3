import { type AppError, badFile } from '../../core/errors.ts';
import { sha256 } from '../checksum.ts';
import type { TaskOptions } from '../types.ts';
import { ACCEPTED, type ManifestGroup, storedBytes } from './manifest.ts';
import type { ModelFiles } from './source.ts';

const WRITTEN = 'the weight files written together with this model.json';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads the weights of a manifest, one group after the other, as they stand in its files. Nothing is
 * allocated for a size that is only claimed. Files whose SHA-256 the manifest lists are checked against
 * it, so that a damaged or foreign file is never used; like one of the wrong size, it is asked for once
 * more, past every cache.
 */
export async function readWeights(
  files: ModelFiles,
  groups: readonly ManifestGroup[],
  options: TaskOptions,
): Promise<ArrayBuffer> {
  const sizes = groups.map(({ weights }) => weights.reduce((sum, w) => sum + storedBytes(w), 0));
  const total = sizes.reduce((a, b) => a + b, 0);
  const shards: Bytes[] = [];
  let start = 0;
  for (const [i, group] of groups.entries()) {
    const task = { files, group, size: sizes[i], start, total, options };
    const problem = await readGroup(task, false, shards);
    if (problem) {
      const again = await readGroup(task, true, shards);
      if (again) throw again;
    }
    start += sizes[i];
  }
  return join(shards, total);
}

interface GroupTask {
  readonly files: ModelFiles;
  readonly group: ManifestGroup;
  /** Bytes that its files hold together. */
  readonly size: number;
  /** First byte of the group among the `total` of all weights. */
  readonly start: number;
  readonly total: number;
  readonly options: TaskOptions;
}

/** Reads the files of one group at once and appends them to `shards`; or says what is wrong with them. */
async function readGroup(
  { files, group, size, start, total, options: { signal, onProgress } }: GroupTask,
  fresh: boolean,
  shards: Bytes[],
): Promise<AppError | undefined> {
  const { label } = files;
  const { paths, sha256: wanted } = group;
  const received = paths.map(() => 0);
  const report = (index: number, bytes: number) => {
    received[index] = bytes;
    const done = received.reduce((sum, part) => sum + part, start);
    onProgress?.({ stage: 'Loading weights', fraction: total ? Math.min(1, done / total) : 1 });
  };
  const read = await Promise.all(
    paths.map(async (path, index) => {
      const onBytes = (bytes: number) => report(index, bytes);
      const shard = await files.read(path, { signal, fresh, onBytes, limit: size });
      if (!shard) throw badFile(label, `its weight file ${path} is missing`, ACCEPTED);
      report(index, shard.byteLength);
      return shard;
    }),
  );
  if (read.reduce((sum, shard) => sum + shard.byteLength, 0) !== size) {
    const named = paths.length > 0 ? `files ${paths.join(', ')} do` : 'list does';
    return badFile(
      label,
      `its weight ${named} not hold the ${size} bytes that the manifest lists`,
      WRITTEN,
    );
  }
  for (const [i, shard] of read.entries()) {
    const hash = wanted && (await sha256(shard));
    if (hash && hash !== wanted[i]) {
      return badFile(label, `its weight file ${paths[i]} is damaged (another SHA-256)`, WRITTEN);
    }
  }
  shards.push(...read);
  return undefined;
}

/** One buffer of them all; the file's own where there is one that may be kept. */
function join(shards: readonly Bytes[], total: number): ArrayBuffer {
  const [first] = shards;
  if (shards.length === 1 && first.buffer.byteLength === total) return first.buffer;
  const data = new Uint8Array(total);
  let offset = 0;
  for (const shard of shards) {
    data.set(shard, offset);
    offset += shard.byteLength;
  }
  return data.buffer;
}
