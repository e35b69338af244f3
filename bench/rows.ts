/** One measured figure. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure is of, for tables and plots: network, task, batch, engine, … */
  readonly of?: Readonly<Record<string, string | number>>;
}

/** What one part of the bench found. */
export interface Part {
  readonly rows: readonly Row[];
  /** What was measured: versions, threads, devices, by name. */
  readonly about?: Readonly<Record<string, string>>;
  /** Figures that could not be taken, and why. */
  readonly left?: readonly string[];
}

/** Median wall time of `runs` calls in ms, after one that is not counted. */
export async function median(runs: number, task: () => unknown): Promise<number> {
  await task();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await task();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}
