/** What the bench asks of an engine's process, one JSON object per line, answered in the same way. */

export const TASKS = ['forward', 'explain-all-classes', 'explain-all-layers', 'train'] as const;
export type Task = (typeof TASKS)[number];

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

/** `about.json` in a spec's folder; beside it model.json, network.onnx, program.json, weights.f32, input.f32. */
export interface Prepared {
  readonly network: string;
  /** Without the batch, channels last. */
  readonly inputShape: readonly number[];
  /** Samples in `input.f32`. */
  readonly samples: number;
  /** Layer whose maps of all classes are asked for. */
  readonly layer?: string;
  /** Layers explained when all are asked for. */
  readonly layers: readonly string[];
}

/** Figures of a result that are compared. */
export const COMPARED = 23;

/** Size of the copy that tells the rate of the memory. */
export const COPY_BYTES = 128 * 2 ** 20;
