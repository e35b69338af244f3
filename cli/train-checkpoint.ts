import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badInput, sentence } from '../src/core/errors.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../src/engine/train/index.ts';
import { readBytes } from './files.ts';
import { writeAtomically } from './write.ts';

const FILE = 'checkpoint.bin';

/** The last checkpoint of the run in the folder `out`; throws 'bad-input' when there is none. */
export async function readCheckpoint(out: string): Promise<Checkpoint> {
  const path = join(out, FILE);
  if (!existsSync(path)) {
    throw badInput(`--resume: there is no ${path}; accepted: the --out of a run that was stopped`);
  }
  return decodeCheckpoint(await readBytes(path), path);
}

/** The checkpoint before stays until the new one is complete, whatever happens. */
export async function writeCheckpoint(out: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(out, FILE);
  try {
    await writeAtomically(path, encodeCheckpoint(checkpoint));
  } catch (error) {
    if (!existsSync(path)) throw error;
    throw badInput(
      `${sentence(error)}; the checkpoint before it is kept: make room, then train again with --resume`,
    );
  }
}
