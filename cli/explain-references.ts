import { basename } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { looksLikeNpy, npyShape } from '../src/core/npy/index.ts';
import { OUTPUT_ALONE, type Target } from '../src/core/target/index.ts';
import type { Reading } from '../src/core/whatif/index.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';
import { vectorOf } from './explain-target.ts';
import { withFile } from './files.ts';
import type { InputOptions } from './network-input.ts';
import { readInput } from './input.ts';

/**
 * What likeness to some files means: each is a vector, or a volume that is read as the one explained and brought
 * through the network.
 *
 * @throws AppError `bad-input` for a vector of another length
 */
export async function referenceTarget(
  engine: Engine,
  info: ModelInfo,
  files: readonly string[],
  { output, ...options }: Reading & InputOptions & { readonly output?: string },
  signal: AbortSignal,
): Promise<Target> {
  const vectors: Float32Array[] = [];
  for (const file of files) {
    if (await isVector(file)) {
      vectors.push(await vectorOf(file));
      continue;
    }
    const { data } = await readInput(file, info.inputShape, info.sidecar, options);
    const about = { model: info.id, input: data, inputShape: info.inputShape, ...OUTPUT_ALONE };
    const asked = output === undefined ? about : { ...about, output };
    vectors.push((await engine.explain(asked, { signal })).scores);
  }
  const [{ length }] = vectors;
  const other = vectors.findIndex((vector) => vector.length !== length);
  if (other >= 0)
    throw badInput(
      `${files[other]}: it gives ${vectors[other].length} numbers, ${files[0]} ${length}; accepted: references of one length`,
    );
  const reference = new Float32Array(length * vectors.length);
  for (const [i, vector] of vectors.entries()) reference.set(vector, i * length);
  return { kind: 'similarity', reference, names: files.map((file) => basename(file)) };
}

/** Whether a file holds one array of one axis that is longer than 1. */
function isVector(path: string): Promise<boolean> {
  return withFile(path, async (source) => {
    const head = await source.read(0, 1 << 17);
    return looksLikeNpy(head) && npyShape(head, path).filter((n) => n !== 1).length < 2;
  });
}
