import type { Part, Row } from './rows.ts';

/** One part with where and when it was measured. */
export interface Measurement extends Part {
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    /** GiB. */
    readonly memory: number;
    readonly system: string;
    readonly node: string;
  };
  /** What the part took. */
  readonly seconds: number;
}

/** What `npm run bench -- --json FILE` keeps; docs/performance.json is one. */
export interface Report {
  readonly parts: Readonly<Record<string, Measurement>>;
}

export function emptyReport(): Report {
  return { parts: {} };
}

/** Four digits are more than a timing has. */
export function rounded(part: Measurement): Measurement {
  const round = (row: Row) => ({ ...row, value: Number(row.value.toPrecision(4)) });
  return { ...part, rows: part.rows.map(round) };
}
