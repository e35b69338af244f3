import { AppError, badFile } from '../../../core/errors.ts';
import type { Sizes } from '../../graph/operators.ts';
import type { Graph } from '../../graph/types.ts';
import type { Stored } from '../../model/stored.ts';
import type { ModelSidecar } from '../../model/sidecar.ts';
import { spaceOf } from '../open-size.ts';
import { Settings } from '../settings.ts';
import type { WeightsApart } from '../weights-apart.ts';
import { type Checkpoint, readCheckpoints } from './checkpoint.ts';
import { ACCEPTED_TORCH } from './container.ts';
import type { Family, Found } from './families/family.ts';
import { FAMILIES } from './families/table.ts';
import { Layers } from './layers/index.ts';
import { Indivisible } from './layers/module-graph.ts';
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
  stored: Stored,
  file: string,
  { config, inputShape, replace }: TorchExtras = {},
): TorchNetwork {
  const checkpoints = readCheckpoints(stored, file, new Settings(config), replace);
  for (const checkpoint of checkpoints)
    for (const [name, family] of FAMILIES) {
      const found = family.find(checkpoint);
      if (found) return networkFrom(checkpoint, { name, family, found, inputShape });
    }
  throw unknownNetwork(checkpoints[0], [...FAMILIES.keys()]);
}

interface Recognised {
  readonly name: string;
  readonly family: Family;
  readonly found: Found;
  readonly inputShape: Sizes | undefined;
}

function networkFrom(
  checkpoint: Checkpoint,
  { name, family, found, inputShape }: Recognised,
): TorchNetwork {
  const { file, state } = checkpoint;
  const [, , ...window] = state.dims(found.first) ?? [];
  const axes = window.length;
  if (axes < 1 || axes > 3) {
    const shape = `[${state.dims(found.first)}]`;
    throw badFile(file, `its first kernel ${found.first} has shape ${shape}`, ACCEPTED_TORCH);
  }
  const space = sizeFor(checkpoint, family, found, axes, inputShape);
  const built = builtFor(checkpoint, family, found, space);
  const { notes = [], ...known } = family.facts(checkpoint, built.channels);
  const tile = tileOf(checkpoint, family, axes);
  const facts = { ...known, tiling: { ...known.tiling, ...(tile && { tile }) } };
  return {
    graph: built.graph,
    origin: `PyTorch checkpoint, ${name}`,
    facts,
    notes: [...checkpoint.notes, ...built.notes, ...notes].map((note) => `${file}: ${note}`),
  };
}

/** Voxels beyond which a volume is a whole tomogram, of which tools give their networks tiles. */
const MOST_VOXELS = 2 ** 24;
const TILE = 128;

/** The input's size in space: the only one there is, the volume's, or that of a tile where there is no volume or a huge one. */
function sizeFor(
  checkpoint: Checkpoint,
  family: Family,
  found: Found,
  axes: number,
  inputShape: Sizes | undefined,
): Sizes {
  if (found.space) return found.space;
  const given = spaceOf(inputShape, axes);
  const tile = tileOf(checkpoint, family, axes);
  if (!given && !tile) {
    throw new AppError(
      'unsupported',
      `${checkpoint.file}: the network takes volumes of many sizes, so a volume has to be there first; accepted: a volume opened before it`,
    );
  }
  if (!given) return tile as Sizes;
  if (given.reduce((a, b) => a * b, 1) <= MOST_VOXELS) return given;
  return given.map((n, axis) => Math.min(n, tile?.[axis] ?? TILE));
}

/** The tool's own, in as many axes as the network has. */
function tileOf(checkpoint: Checkpoint, family: Family, axes: number): Sizes | undefined {
  const own = family.tile?.(checkpoint);
  return own?.length === axes ? own : undefined;
}

interface Built {
  readonly graph: Graph;
  /** Of the main output. */
  readonly channels: number;
  readonly notes: readonly string[];
}

/** The network for an input of this size, or of the largest below it that its strides divide. */
function builtFor(checkpoint: Checkpoint, family: Family, found: Found, space: Sizes): Built {
  const { file, state } = checkpoint;
  const build = (size: Sizes): Built => {
    const layers = new Layers(file, state, file, checkpoint.modules);
    const channels = found.channels ?? layers.dims(found.first)[1];
    const input = layers.input(channels, size, !found.space);
    const outputs = family.build({ ...found, layers, state, checkpoint, input });
    return { graph: layers.finish(outputs), channels: layers.channelsOf(outputs[0][1]), notes: [] };
  };
  try {
    return build(space);
  } catch (error) {
    if (!(error instanceof Indivisible)) throw error;
    const { multiples } = error;
    const size = space.map(
      (n, axis) => Math.max(1, Math.floor(n / multiples[axis])) * multiples[axis],
    );
    const note = `The network takes sides that are multiples of [${multiples}]; it is read for [${size}] voxels.`;
    return { ...build(size), notes: [note] };
  }
}
