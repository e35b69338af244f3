import { AppError, badFile } from '../../../core/errors.ts';
import type { Sizes } from '../../graph/operators.ts';
import type { Graph } from '../../graph/types.ts';
import type { ModelSidecar } from '../../model/sidecar.ts';
import { spaceOf } from '../open-size.ts';
import { Settings } from '../settings.ts';
import type { WeightsApart } from '../weights-apart.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { ACCEPTED_TORCH } from './container.ts';
import { FAMILIES } from './families/table.ts';
import { Layers } from './layers.ts';
import { unknownNetwork } from './unknown.ts';

export interface TorchExtras {
  /** What was read beside the checkpoint or given with it: JSON or YAML, as an object. */
  readonly config?: unknown;
  /** See `ReadingWith`; these networks take any size that their strides divide. */
  readonly inputShape?: Sizes;
  /** Weights that take the place of the file's own. */
  readonly replace?: WeightsApart;
}

export interface TorchNetwork {
  readonly graph: Graph;
  readonly origin: string;
  readonly facts: ModelSidecar;
  readonly notes: readonly string[];
}

/**
 * The network of a PyTorch checkpoint, built from the family that its weights belong to. Nothing of the file is run.
 * @throws AppError `bad-file`, `unsupported`, `bad-input`
 */
export function torchNetwork(
  bytes: Uint8Array,
  file: string,
  { config, inputShape, replace }: TorchExtras = {},
): TorchNetwork {
  const checkpoint = readCheckpoint(bytes, file, new Settings(config), replace);
  for (const [name, family] of FAMILIES) {
    const found = family.find(checkpoint);
    if (!found) continue;
    const { state } = checkpoint;
    const [, taken, ...window] = state.dims(found.first) ?? [];
    const axes = window.length;
    if (axes < 1 || axes > 3) {
      const shape = `[${state.dims(found.first)}]`;
      throw badFile(file, `its first kernel ${found.first} has shape ${shape}`, ACCEPTED_TORCH);
    }
    const space = spaceOf(inputShape, axes) ?? family.tile?.(checkpoint);
    if (space?.length !== axes) throw withoutSize(checkpoint);
    const layers = new Layers(file, state, file);
    const input = layers.input(found.channels ?? taken, space);
    const outputs = family.build({ ...found, layers, state, checkpoint, input });
    const { notes = [], ...facts } = family.facts(checkpoint, layers.channelsOf(outputs[0][1]));
    return {
      graph: layers.finish(outputs),
      origin: `PyTorch checkpoint, ${name}`,
      facts,
      notes: [...checkpoint.notes, ...notes].map((note) => `${file}: ${note}`),
    };
  }
  throw unknownNetwork(checkpoint, [...FAMILIES.keys()]);
}

const withoutSize = ({ file }: Checkpoint) =>
  new AppError(
    'unsupported',
    `${file}: the network takes volumes of many sizes, so a volume has to be there first; accepted: a volume opened before it`,
  );
