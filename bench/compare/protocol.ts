/** What the bench asks of an engine's process, one JSON object per line, answered in the same way. */

export type Task =
  | 'forward'
  | 'explain-all-classes'
  | 'explain-all-layers'
  | 'explain-one-class'
  | 'train';

export type Request =
  | { readonly do: 'load'; readonly folder: string; readonly task: Task }
  | { readonly do: 'run'; readonly batch: number }
  | { readonly do: 'rate'; readonly of: 'copy' };

export interface Answer {
  /** Wall time of the asked work, ms. */
  readonly ms?: number;
  /** First figures of the result, to compare the engines by: scores, or sums of the maps. */
  readonly values?: readonly number[];
  /** Largest resident memory of the process so far, bytes. */
  readonly peak: number;
  /** What runs here: version, threads, module. */
  readonly about?: string;
  readonly error?: string;
}

/**
 * `about.json` in a network's folder. Beside it lie input.f32 and network.onnx; for those of `specs.ts` model.json,
 * program.json and weights.f32, too. Those of `../real/networks.py` are built there again by PyTorch's process.
 */
export interface Prepared {
  readonly network: string;
  /** What this project opens. */
  readonly file: 'model.json' | 'network.onnx';
  /** Without the batch, channels last. */
  readonly inputShape: readonly number[];
  /** Samples in `input.f32`. */
  readonly samples: number;
  /** Layer whose maps of one or all classes are asked for. */
  readonly layer?: string;
  /** Layers explained when all are asked for. */
  readonly layers: readonly string[];
}

/** Figures of a result that are compared. */
export const COMPARED = 23;

/** The same of a volume, in any order of its axes: mean and mean amount. */
export function summary(values: ArrayLike<number>): number[] {
  let sum = 0;
  let amount = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    amount += Math.abs(values[i]);
  }
  return [sum / values.length, amount / values.length];
}

/** Bytes copied to measure the memory's bandwidth. */
export const COPY_BYTES = 128 * 2 ** 20;
