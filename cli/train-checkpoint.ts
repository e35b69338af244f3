import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, badInput, sentence } from '../src/core/errors.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../src/engine/train/index.ts';
import { readBytes } from './files.ts';
import { writeTogether } from './write.ts';

/** The last checkpoint of a run, and the one before it. */
export const CHECKPOINTS = ['checkpoint.bin', 'checkpoint-previous.bin'] as const;

/**
 * The last checkpoint of the run in the folder `out`; where that is damaged, the one before it.
 *
 * @param note receives what is damaged
 * @throws AppError 'bad-input' when there is none, 'bad-file' when none is whole.
 */
export async function readCheckpoint(
  out: string,
  note: (line: string) => void,
): Promise<Checkpoint> {
  const paths = CHECKPOINTS.map((name) => join(out, name)).filter((path) => existsSync(path));
  let damage: AppError | undefined;
  for (const path of paths) {
    try {
      const checkpoint = await decodeCheckpoint(await readBytes(path), path);
      if (damage) note(`${sentence(damage)}; resuming from ${path}, the one before it.`);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      damage ??= error;
    }
  }
  if (damage) throw damage;
  throw badInput(
    `--resume: there is no ${join(out, CHECKPOINTS[0])}; accepted: the --out of a run that was stopped`,
  );
}

/** The checkpoint before stays until the new one is complete, whatever happens, and one longer beside it. */
export async function writeCheckpoint(out: string, checkpoint: Checkpoint): Promise<void> {
  const [path, keepAs] = CHECKPOINTS.map((name) => join(out, name));
  try {
    await writeTogether([{ path, bytes: await encodeCheckpoint(checkpoint), keepAs }]);
  } catch (error) {
    if (!existsSync(path)) throw error;
    throw badInput(
      `${sentence(error)}; the checkpoint before it is kept: make room, then train again with --resume`,
    );
  }
}

/** The finished run needs its last checkpoint alone. */
export function removePrevious(out: string): Promise<void> {
  return rm(join(out, CHECKPOINTS[1]), { force: true });
}
