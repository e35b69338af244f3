import type { Measurement } from '../report.ts';
import type { Row } from '../rows.ts';

export const NONE = '–';

/** `0.42 ms`, `27 ms`, `2797 ms`, `24 s`. */
export function time(ms: number | undefined): string {
  if (ms === undefined) return NONE;
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  return `${ms.toFixed(ms >= 10 ? 0 : ms >= 1 ? 1 : 2)} ms`;
}

/** `103x`, `2.4x`, `0.31x`. */
export function ratio(above: number | undefined, below: number | undefined): string {
  if (above === undefined || below === undefined) return NONE;
  const value = above / below;
  return `${value.toFixed(value >= 10 ? 0 : value >= 1 ? 1 : 2)}x`;
}

export function quantity(value: number | undefined, unit = ''): string {
  if (value === undefined) return NONE;
  const shown = value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2);
  return unit ? `${shown} ${unit}` : shown;
}

/** A Markdown table; columns after the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|---|${head
    .slice(1)
    .map(() => '---:|')
    .join('')}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** The value of the row with these properties and this unit; undefined when it was not measured. */
export function find(
  part: Measurement,
  unit: string,
  of: Readonly<Record<string, string | number>>,
): number | undefined {
  const fits = (row: Row) =>
    row.unit === unit && Object.entries(of).every(([key, value]) => row.of?.[key] === value);
  return part.rows.find(fits)?.value;
}

/** When, where and with what a part was measured. */
export function provenance({ date, commit, machine, about, left }: Measurement): string {
  const { processor, cores, memory, system, node } = machine;
  const place = `${processor}, ${cores} cores, ${memory} GiB, ${system}, Node ${node}`;
  const engines = Object.entries(about ?? {}).map(([name, what]) => `${name}: ${what}`);
  const lines = [`Measured ${date} at \`${commit}\` on ${place}.`];
  if (engines.length > 0) lines.push(`${engines.join('; ')}.`);
  if (left && left.length > 0) lines.push(`Left out: ${left.join('; ')}.`);
  return `<sub>${lines.join(' ')}</sub>`;
}
