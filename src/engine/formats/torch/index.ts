import { AppError, badFile } from '../../../core/errors.ts';
import type { Sizes } from '../../graph/operators.ts';
import type { Graph } from '../../graph/types.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { ACCEPTED_TORCH } from './container.ts';
import type { Facts } from './families/family.ts';
import { FAMILIES } from './families/table.ts';
import { Layers } from './layers.ts';
import { Settings } from '../settings.ts';
import { unknownNetwork } from './unknown.ts';

export interface TorchExtras {
  /** What was read beside the checkpoint or given with it: JSON or YAML, as an object. */
  readonly config?: unknown;
  /** Sizes of the input, `[z, y, x]`; these networks take any that their strides divide. */
  readonly space?: Sizes;
}

export interface TorchNetwork {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly notes: readonly string[];
}

/**
 * The network of a PyTorch checkpoint, built from the family that its weights belong to. Nothing of the file is run.
 * @throws AppError `bad-file`, `unsupported`, `bad-input`
 */
export function torchNetwork(
  bytes: Uint8Array,
  file: string,
  extras: TorchExtras = {},
): TorchNetwork {
  const checkpoint = readCheckpoint(bytes, file, new Settings(extras.config));
  for (const family of FAMILIES.values()) {
    const found = family.find(checkpoint);
    if (!found) continue;
    const { state } = checkpoint;
    const [, taken, ...window] = state.dims(found.first) ?? [];
    if (window.length < 1 || window.length > 3)
      throw badFile(
        file,
        `its first kernel ${found.first} has shape [${state.dims(found.first)}]`,
        ACCEPTED_TORCH,
      );
    const layers = new Layers(file, state, file);
    const input = layers.input(found.channels ?? taken, spaceOf(checkpoint, window.length, extras));
    const outputs = family.build({ ...found, layers, state, checkpoint, input });
    const facts = family.facts(checkpoint, layers.channelsOf(outputs[0][1]));
    const notes = [...checkpoint.notes, ...(facts.notes ?? [])];
    return { graph: layers.finish(outputs), facts, notes };
  }
  throw unknownNetwork(checkpoint, [...FAMILIES.keys()]);
}

function spaceOf({ file }: Checkpoint, axes: number, { space }: TorchExtras): Sizes {
  if (space && space.length >= axes) return space.slice(-axes);
  throw new AppError(
    'unsupported',
    `${file}: the network takes volumes of many sizes, so a volume has to be there first; accepted: a volume opened before it`,
  );
}
