import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { ModelSidecar } from '../../../model/sidecar.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Layers } from '../layers/index.ts';
import type { State } from '../state.ts';

/** Where a family's weights are in a state dict. */
export interface Found {
  /** In front of all names, e.g. `model.` in a Lightning checkpoint; empty mostly. */
  readonly prefix: string;
  /** Name of the first convolution's weight: it says how many axes and channels the input has. */
  readonly first: string;
  /** The only size of the input, where there is but one. */
  readonly space?: Sizes;
  /** Channels of the input, where that convolution takes more than these. */
  readonly channels?: number;
}

/** A network while it is built. */
export interface Building extends Found {
  readonly layers: Layers;
  readonly state: State;
  readonly checkpoint: Checkpoint;
  readonly input: NodeId;
}

export type Outputs = readonly (readonly [name: string, node: NodeId])[];

/** What the tool does to a volume before its network sees it, and what the network's channels mean. */
export interface Facts
  extends Pick<
    ModelSidecar,
    'title' | 'classes' | 'voxelSize' | 'normalization' | 'steps' | 'contrast' | 'tiling'
  > {
  /** What the person has to know, one sentence each. */
  readonly notes?: readonly string[];
}

/** One kind of network that tools of the field save as bare weights. */
export interface Family {
  /** Finds it, by the names of its weights mostly. */
  readonly find: (checkpoint: Checkpoint) => Found | undefined;
  /** Adds its layers; the main output first. */
  readonly build: (building: Building) => Outputs;
  /** The input that the tool itself cuts out of a volume, voxels: taken where no volume is there yet. */
  readonly tile?: (checkpoint: Checkpoint) => Sizes | undefined;
  /** @param channels of the main output */
  readonly facts: (checkpoint: Checkpoint, channels: number) => Facts;
}

/** A family known by the names that its weights end with; the first one is that of its first convolution. */
export function byNames(first: string, ...others: readonly string[]): Family['find'] {
  return ({ state }) => {
    const prefix = state.prefixOf(first);
    if (prefix === undefined) return undefined;
    const whole = others.every(
      (name) => state.has(prefix + name) || state.hasModule(prefix + name),
    );
    return whole ? { prefix, first: prefix + first } : undefined;
  };
}

/** Names of the numbers of an embedding, which are no classes. */
export const entryNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `entry ${i}`);

/** Product of strides, axis by axis. */
export function productOf(strides: readonly Sizes[], axes: number): Sizes {
  return Array.from({ length: axes }, (_, axis) => strides.reduce((n, s) => n * s[axis], 1));
}
