import type { NodeId } from '../../graph/types.ts';

/** How a layer that knows `data_format` sees its channels. */
export type DataFormat = 'channels_first' | 'channels_last';

/** What a Keras layer makes: a node, channels last, and where the file has the channels. */
export interface Value {
  readonly node: NodeId;
  readonly format: DataFormat;
}

/** Axis of the file's shape (without the batch) to the graph's, for a value of `rank` axes. */
export function innerAxis(axis: number, rank: number, format: DataFormat): number {
  if (format === 'channels_last' || rank < 2) return axis;
  return axis === 0 ? rank - 1 : axis - 1;
}

/** `[z, y, x, c]` to `[c, z, y, x]`. */
export const toFirst = (rank: number) => [
  rank - 1,
  ...Array.from({ length: rank - 1 }, (_, i) => i),
];
/** `[c, z, y, x]` to `[z, y, x, c]`. */
export const toLast = (rank: number) => [...Array.from({ length: rank - 1 }, (_, i) => i + 1), 0];
