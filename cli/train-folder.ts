import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { isShard } from '../src/engine/model/write.ts';
import { CHECKPOINTS } from './train-checkpoint.ts';

export const LOG = 'log.jsonl';

/** Whether a file belongs to a training: its checkpoints, its log, its network. */
function isOfRun(name: string): boolean {
  const others: readonly string[] = [...CHECKPOINTS, LOG, 'model.json', 'respond-cam.json'];
  return others.includes(name) || isShard(name);
}

/** Refuses a folder that holds an earlier training or another network. */
export async function refuseEarlierRun(out: string): Promise<void> {
  const found = (await readdir(out)).filter(isOfRun).sort();
  if (found.every((name) => name === LOG)) return; // stopped before its first checkpoint
  const resume = CHECKPOINTS.some((name) => found.includes(name));
  throw badInput(
    `--out ${out}: holds ${resume ? 'an earlier training' : 'files of another'} (${found.join(', ')}); accepted: a new folder, ${resume ? '--resume to continue with it, ' : ''}--force to replace it`,
  );
}

/** Removes an earlier training, as asked by `--force`. */
export async function removeEarlierRun(out: string): Promise<void> {
  for (const name of (await readdir(out)).filter(isOfRun)) await rm(join(out, name));
}
