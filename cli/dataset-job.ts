import type { SimulationSpec, Template } from '../src/core/simulate/index.ts';

/** The end of the name of a volume that is being written. */
export const PART = '.part';

export interface DatasetSetup {
  readonly templates: readonly Template[];
  readonly spec: SimulationSpec;
  readonly out: string;
  /** Added to the name of a volume while it is written. */
  readonly part: string;
}

/** One volume to draw and write; the answer is `file`. */
export interface DatasetJob {
  readonly class: number;
  readonly index: number;
  /** Relative to `out`. */
  readonly file: string;
}
