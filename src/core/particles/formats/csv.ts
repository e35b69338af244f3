import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import { selectLines, tableLines } from '../lines.ts';
import { RELION, rotationsOf } from '../rotation.ts';
import { textAt, TextTable } from '../text.ts';
import type { CoordinateFrame, ParticleList } from '../types.ts';
import { brokenRows } from './broken.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';

const ACCEPTED = 'tables with columns x, y and z, separated by commas, semicolons, tabs or blanks';

/** What a column may be called, compared without case, blanks and underscores. */
const CALLED = {
  tomogram: /^(tomo|tomogram|tomoname|run|runname|experiment|micrograph|tiltseries)$/,
  class: /^(class|label|type|particletype|object|objectname|pickableobjectname|name)$/,
  score: /^(score|confidence|prob|probability|cc|ccc|figureofmerit|fom)$/,
};

interface Table {
  readonly starts: Uint32Array;
  readonly separator: RegExp;
  /** Columns' names, empty without a heading. */
  readonly head: readonly string[];
}

const ANGLES = [
  /^(rlnangle|angle)?rot\W*(deg|degrees)?\W*$/,
  /^(rlnangle|angle)?tilt\W*(deg|degrees)?\W*$/,
  /^(rlnangle|angle)?psi\W*(deg|degrees)?\W*$/,
];

/** The cells of a line; a quoted one may hold the separator. */
function cellsOf(line: string, separator: RegExp): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [''];
  let quoted = false;
  for (const c of line) {
    if (c === '"') quoted = !quoted;
    if (!quoted && c !== '"' && separator.test(c)) cells.push('');
    else cells[cells.length - 1] += c;
  }
  return cells.map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}

const plain = (text: string) => text.toLowerCase().replace(/^"|"$/g, '').replace(/[\s_]/g, '');

function tableOf({ bytes }: Pick<ParticleFile, 'bytes'>): Table {
  const all = rowStarts(bytes, tableLines(bytes));
  const sample = all.length > 1 ? textAt(bytes, all[0], all[1]).split('\n', 1)[0].trim() : '';
  // A semicolon or tab first: the numbers may have decimal commas then.
  const separator = [/;/, /\t/, /,/].find((one) => one.test(sample)) ?? /\s+/;
  const words = cellsOf(sample, separator).map((word) => word.trim());
  const numeric = words.filter((word) => Number.isFinite(numberIn(word, separator))).length;
  const headed = numeric < 3;
  return {
    starts: all.subarray(headed ? 1 : 0),
    separator,
    head: headed ? words.map(plain) : [],
  };
}

/** Where lines start that are neither blank nor a comment, and the end; others belong to the one before them. */
function rowStarts(bytes: Uint8Array, lines: Uint32Array): Uint32Array {
  const count = lines.length - 1;
  const isRow = (_: number, i: number) => {
    let at = lines[i];
    while (at < lines[i + 1] && bytes[at] <= 0x20) at++;
    return i === count || (at < lines[i + 1] && bytes[at] !== 0x23);
  };
  return lines.filter(isRow);
}

/** The number in a cell, with a decimal comma where that separates no cells; NaN where there is none. */
function numberIn(cell: string | undefined, separator: RegExp): number {
  const word = cell?.trim() ?? '';
  if (word === '') return Number.NaN;
  return Number(separator.test(',') ? word : word.replace(/^([+-]?\d*),(\d+)$/, '$1.$2'));
}

/** Columns of x, y and z, and the unit that their names give. */
function axesOf(
  head: readonly string[],
): { columns: number[]; unit: 'Å' | 'nm' | 'voxel' | null } | null {
  if (head.length === 0) return { columns: [0, 1, 2], unit: null };
  const find = (axis: string) =>
    head.findIndex((name) =>
      new RegExp(
        `^(${axis}|(coord(inate)?|pos(ition)?|location|center|centre)\\.?${axis}|${axis}(coord(inate)?|pos(ition)?|center)?)(\\W*(å|a|ang(st)?|angstroms?|nm|px|pix|pixels?|vox|voxels?)\\W*)?$`,
      ).test(name),
    );
  const columns = ['x', 'y', 'z'].map(find);
  if (columns.includes(-1)) return null;
  const [x] = columns.map((column) => head[column]);
  const unit = /nm\W*$/.test(x)
    ? 'nm'
    : /(px|pix|pixels?|vox|voxels?)\W*$/.test(x)
      ? 'voxel'
      : /(å|\Wa|ang(st)?|angstroms?)\W*$/.test(x)
        ? 'Å'
        : null;
  return { columns, unit };
}

const rowAt = (bytes: Uint8Array, starts: Uint32Array, row: number) =>
  textAt(bytes, starts[row], starts[row + 1])
    .split('\n', 1)[0]
    .trim();

/** Tables of coordinates: with a heading that names x, y and z in any order, or three numbers a row. */
export const csv: ParticleFormat = {
  label: 'table of coordinates',
  endings: ['.csv', '.tsv', '.txt', '.coords'],
  ownEndings: ['.csv', '.tsv', '.coords'],
  looksLike(file) {
    if (!/\.(csv|tsv|txt|coords?)$/i.test(file.name)) return false;
    const { head, starts, separator } = tableOf({ bytes: file.bytes.subarray(0, 1 << 16) });
    if (head.length > 0) return axesOf(head) !== null;
    if (starts.length < 2) return false;
    const words = cellsOf(rowAt(file.bytes, starts, 0), separator);
    return (
      words.length >= 3 &&
      words.slice(0, 3).every((word) => Number.isFinite(numberIn(word, separator)))
    );
  },
  read(file) {
    const { bytes, name } = file;
    const { starts, separator, head } = tableOf(file);
    const axes = axesOf(head);
    if (!axes)
      throw badFile(
        name,
        `its heading has no x, y and z (${head.slice(0, 8).join(', ')})`,
        ACCEPTED,
      );
    const count = starts.length - 1;
    const column = (which: keyof typeof CALLED) => head.findIndex((one) => CALLED[which].test(one));
    const at = { tomogram: column('tomogram'), class: column('class'), score: column('score') };
    const tables = { tomogram: new TextTable(), class: new TextTable() };
    const index = { tomogram: new Int32Array(count), class: new Int32Array(count) };
    const coordinates = new Float64Array(3 * count);
    const scores = new Float32Array(count);
    const turns = ANGLES.map((named) => head.findIndex((one) => named.test(one)));
    const angles = [0, 1, 2].map(() => new Float64Array(count)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const scale = axes.unit === 'nm' ? 10 : 1;
    const twice = axes.columns.filter((where) => head.lastIndexOf(head[where]) > where);
    const broken = brokenRows({
      ...{ fileName: name, rows: count, accepted: ACCEPTED },
      twice: twice.map((where) => head[where]),
    });
    for (let row = 0; row < count; row++) {
      const words = cellsOf(rowAt(bytes, starts, row), separator);
      axes.columns.forEach((where, axis) => {
        const value = numberIn(words[where], separator);
        if (Number.isNaN(value)) {
          const word = words[where]?.trim() ?? '';
          broken.add(
            row,
            `row ${row + 1} has "${word.slice(0, 40)}" for ${'xyz'[axis]}, which is no number`,
          );
        }
        coordinates[3 * row + axis] = value * scale;
      });
      for (const which of ['tomogram', 'class'] as const) {
        if (at[which] >= 0) index[which][row] = tables[which].of((words[at[which]] ?? '').trim());
      }
      if (at.score >= 0) scores[row] = numberIn(words[at.score], separator);
      for (const [k, where] of turns.entries()) {
        if (where >= 0) angles[k][row] = numberIn(words[where], separator);
      }
    }
    const findings = new Findings();
    broken.report(findings);
    broken.clear(coordinates);
    const frame: CoordinateFrame =
      axes.unit === 'Å' || axes.unit === 'nm'
        ? { unit: 'Å', from: 'corner', voxelSize: null }
        : { unit: 'voxel', from: 'corner', voxelSize: null };
    if (axes.unit === null) {
      findings.warning(
        'units',
        "The table names no unit; coordinates are taken in the tomogram's own voxels from its corner.",
      );
    } else {
      findings.info(
        'units',
        `Coordinates are taken in ${axes.unit === 'voxel' ? "the tomogram's voxels" : axes.unit} from its corner.`,
      );
    }
    return {
      format: 'csv',
      fileName: name,
      count,
      coordinates,
      frame,
      rotations: turns.includes(-1) ? null : rotationsOf(count, RELION, angles),
      tomograms: tables.tomogram.names.map((one) => ({ name: one, shape: null, voxelSize: null })),
      tomogram: at.tomogram >= 0 ? index.tomogram : null,
      classes: at.class >= 0 ? { names: tables.class.names, index: index.class } : null,
      score: at.score >= 0 ? { name: head[at.score], values: scores } : null,
      half: null,
      boxes: null,
      findings: findings.list,
    } satisfies ParticleList;
  },
  select: (file, chosen) => selectLines(file.bytes, tableOf(file).starts, chosen),
};
