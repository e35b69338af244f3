import { decodeText, encodeUtf8 } from '../schema/utf8.ts';
import { badFile } from '../errors.ts';
import { lineStarts, numberAt, splitWords, textAt, TextTable } from './text.ts';

/** One `data_` block of a STAR file. */
export interface StarBlock {
  /** What stands behind `data_`. */
  readonly name: string;
  /** Labels without the underscore, in the file's order. */
  readonly labels: readonly string[];
  readonly rows: number;
  /** Where each row starts, and one more for the end of the last; of a block without `loop_`, its one row is the labels. */
  readonly starts: Uint32Array;
  /** Values of a block without `loop_`, one per label; null of a table. */
  readonly values: readonly string[] | null;
}

export interface StarColumns {
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<
    Record<string, { readonly names: readonly string[]; readonly index: Int32Array }>
  >;
}

export const ACCEPTED_STAR = 'STAR files with loop_ tables as RELION, Warp and M write them';

/**
 * The blocks of a STAR file (RELION's dialect: one row per line). Only rows are found here; {@link readColumns} reads
 * the values asked for, in one pass.
 *
 * @throws AppError 'bad-file'
 */
export function readStar(bytes: Uint8Array, fileName: string): StarBlock[] {
  const lines = lineStarts(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) lines[0] = 3;
  const blocks: StarBlock[] = [];
  let i = 0;
  const count = lines.length - 1;
  const first = (line: number) => {
    let at = lines[line];
    while (at < lines[line + 1] && bytes[at] <= 0x20) at++;
    return at === lines[line + 1] ? 0 : bytes[at];
  };
  const text = (line: number) => textAt(bytes, lines[line], lines[line + 1]);
  const isData = (line: number) => first(line) === 0x64 && text(line).startsWith('data_');
  while (i < count && !isData(i)) {
    const c = first(i);
    if (c !== 0 && c !== 0x23)
      throw badFile(fileName, `line ${i + 1} stands before any data_ block`, ACCEPTED_STAR);
    i++;
  }
  while (i < count) {
    const name = text(i++).slice('data_'.length);
    const labels: string[] = [];
    const values: string[] = [];
    let loop = false;
    for (; i < count && !isData(i); i++) {
      const c = first(i);
      if (c === 0 || c === 0x23) continue;
      const words = text(i).split(/\s+/);
      if (words[0] === 'loop_') loop = true;
      else if (c === 0x5f) {
        labels.push(words[0].slice(1));
        values.push(words.slice(1).join(' '));
      } else break;
    }
    if (!loop) {
      if (labels.length > 0)
        blocks.push({ name, labels, rows: 1, starts: new Uint32Array(2), values });
      if (i < count && !isData(i))
        throw badFile(fileName, `line ${i + 1} belongs to no table`, ACCEPTED_STAR);
      continue;
    }
    const runs: Uint32Array[] = [];
    while (i < count && !isData(i)) {
      const c = first(i);
      if (c === 0 || c === 0x23) {
        i++;
        continue;
      }
      if (c === 0x5f || text(i).startsWith('loop_'))
        throw badFile(fileName, `line ${i + 1} stands after a table that had ended`, ACCEPTED_STAR);
      const from = i;
      while (i < count && first(i) !== 0 && first(i) !== 0x23 && !isData(i)) i++;
      runs.push(lines.subarray(from, i + 1));
    }
    const starts = joined(runs);
    blocks.push({ name, labels, rows: Math.max(0, starts.length - 1), starts, values: null });
  }
  return blocks;
}

/** Starts of the rows of several runs and the end of the last; what stands between two runs belongs to the row before it. */
function joined(runs: readonly Uint32Array[]): Uint32Array {
  if (runs.length < 2) return runs[0] ?? new Uint32Array(1);
  const out = new Uint32Array(1 + runs.reduce((sum, run) => sum + run.length - 1, 0));
  let at = 0;
  for (const run of runs) {
    out.set(run, at);
    at += run.length - 1;
  }
  return out;
}

/** What a column is read as. */
const SKIP = 0;
const NUMBER = 1;
const TEXT = 2;

/**
 * The columns of a block that are there of those asked for; of columns of one name the first.
 *
 * @param onBad is called for rows that are short or have no number where one should be, which is NaN then
 * @throws AppError 'bad-file' for such a row where there is no `onBad`
 */
export function readColumns(
  bytes: Uint8Array,
  fileName: string,
  block: StarBlock,
  numbers: readonly string[],
  texts: readonly string[] = [],
  onBad?: (row: number, problem: string) => void,
): StarColumns {
  const { labels, rows, starts, values } = block;
  const kinds = Uint8Array.from(labels, (label, i) =>
    labels.indexOf(label) < i
      ? SKIP
      : numbers.includes(label)
        ? NUMBER
        : texts.includes(label)
          ? TEXT
          : SKIP,
  );
  const columns = Array.from(kinds, (kind) => new Float64Array(kind === NUMBER ? rows : 0));
  const indices = Array.from(kinds, (kind) => new Int32Array(kind === TEXT ? rows : 0));
  const tables = labels.map(() => new TextTable());
  const take = (source: Uint8Array, row: number, column: number, from: number, to: number) => {
    if (kinds[column] === TEXT) indices[column][row] = tables[column].add(source, from, to);
    else {
      const value = numberAt(source, from, to);
      if (Number.isNaN(value)) requireNumber(source, row, column, from, to);
      columns[column][row] = value;
    }
  };
  const bad = (row: number, problem: string) => {
    if (!onBad) throw badFile(fileName, problem, ACCEPTED_STAR);
    onBad(row, problem);
  };
  const requireNumber = (
    source: Uint8Array,
    row: number,
    column: number,
    from: number,
    to: number,
  ) => {
    const text = textAt(source, from, to);
    if (/^[+-]?(nan|inf)/i.test(text)) return;
    const found = `"${text.slice(0, 40)}" for _${labels[column]}, which is no number`;
    bad(row, `row ${row + 1} of data_${block.name} has ${found}`);
  };
  if (values) {
    labels.forEach((_, column) => {
      const source = encodeUtf8(values[column].replace(/^(["'])(.*)\1$/, '$2'));
      if (kinds[column] !== SKIP) take(source, 0, column, 0, source.length);
    });
  } else {
    const words = new Uint32Array(2 * labels.length);
    const wanted = Uint32Array.from(kinds.keys()).filter((column) => kinds[column] !== SKIP);
    for (let row = 0; row < rows; row++) {
      const found = splitWords(bytes, starts[row], starts[row + 1], words);
      if (found < labels.length)
        bad(row, `row ${row + 1} of data_${block.name} has ${found} of ${labels.length} values`);
      for (let i = 0; i < wanted.length; i++) {
        const column = wanted[i];
        if (column >= found) words.fill(starts[row], 2 * column, 2 * column + 2);
        take(bytes, row, column, words[2 * column], words[2 * column + 1]);
      }
    }
  }
  const all = labels.map((label, i) => ({ label, kind: kinds[i], i }));
  return {
    numbers: Object.fromEntries(
      all.filter(({ kind }) => kind === NUMBER).map(({ label, i }) => [label, columns[i]]),
    ),
    texts: Object.fromEntries(
      all
        .filter(({ kind }) => kind === TEXT)
        .map(({ label, i }) => [label, { names: tables[i].names, index: indices[i] }]),
    ),
  };
}

/** Names of classes by their number, which lists of this program give in comments: `# class 3: apoferritin`. */
export function classNamesOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const head = decodeText(bytes.subarray(0, 1 << 16));
  const found = head.matchAll(/^# class (\d+): (.+?)\s*$/gm);
  return new Map(Array.from(found, ([, number, name]) => [number, name]));
}
