import type { LayerUse } from '../layer.ts';
import type { Value } from '../value.ts';

/** Adds the nodes of one kind of layer and returns its last one. */
export type LayerRow = (use: LayerUse, inputs: readonly Value[]) => Value;

/** The same for a kind with several outputs. */
export type SplittingRow = (use: LayerUse, inputs: readonly Value[]) => readonly Value[];
