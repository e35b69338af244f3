import { badFile } from '../../errors.ts';
import type { Findings } from '../../volume/report.ts';

interface Table {
  readonly fileName: string;
  readonly rows: number;
  /** Columns that it has more than once. */
  readonly twice: readonly string[];
  /** What is accepted in place of a table without a row that can be read. */
  readonly accepted: string;
}

/** Collects rows of a table that cannot be read: they have no place, and the others are read. */
export function brokenRows({ fileName, rows, twice, accepted }: Table) {
  const broken = new Set<number>();
  let problem = '';
  return {
    add(row: number, what: string) {
      if (broken.size === 0) problem = what;
      broken.add(row);
    },
    /** @throws AppError 'bad-file' where none is left */
    report(findings: Findings) {
      if (broken.size === rows && rows > 0) throw badFile(fileName, problem, accepted);
      if (broken.size > 0)
        findings.warning(
          'rows',
          `${broken.size} of ${rows} rows ${broken.size === 1 ? 'is' : 'are'} damaged and left out: ${problem}.`,
        );
      if (twice.length > 0)
        findings.warning(
          'columns',
          `The table has ${twice.join(', ')} more than once; the first is taken.`,
        );
    },
    clear(coordinates: Float64Array) {
      for (const row of broken) coordinates.fill(Number.NaN, 3 * row, 3 * row + 3);
    },
  };
}
