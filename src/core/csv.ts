/** A value of a table; null and NaN are empty. */
export type CsvCell = string | number | null;

/** Rows as CSV (RFC 4180, lines end in "\n"). */
export function csv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** Quotes what needs it, doubling the quotes inside. */
function cell(value: CsvCell): string {
  const text = value === null || Number.isNaN(value) ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
