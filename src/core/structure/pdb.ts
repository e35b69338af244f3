import { badFile } from '../errors.ts';
import { AtomBuilder } from './builder.ts';
import { isWaterName, namesAreLeftJustified } from './names.ts';
import { checkOperator } from './operators.ts';
import { BACKBONE } from './ribbon.ts';
import type {
  Assembly,
  AssemblyRule,
  SecondaryRange,
  Structure,
  StructureOptions,
} from './types.ts';

const ACCEPTED = 'a PDB file with ATOM or HETATM records';

/** Columns 1-6 of a coordinate record; a serial number of six digits and more begins in column 6. */
const RECORD = /^(?:ATOM[ \d][ \d]|HETATM)/;

/**
 * Reads a PDB file (format 3.3 and its predecessors): atoms without hydrogens, the first alternate
 * location of every residue, and the biological assemblies of REMARK 350.
 *
 * @param name file name for messages
 * @throws AppError 'bad-file' for a coordinate that is no number, or no atoms at all.
 */
export function readPdb(text: string, name: string, options: StructureOptions = {}): Structure {
  let aligned: boolean | undefined;
  const builder = new AtomBuilder(name, options, () => {
    aligned ??= !namesAreLeftJustified(text);
    return aligned;
  });
  const remarks: string[] = [];
  const secondary: SecondaryRange[] = [];
  for (let start = 0, number = 1; start < text.length; number++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    if (text.startsWith('ATOM', start) || text.startsWith('HETATM', start)) {
      const line = text.slice(start, Math.min(end, start + 100));
      if (builder.wanted && RECORD.test(line) && !readAtom(line, builder)) {
        throw badFile(name, `line ${number} has no three coordinates in columns 31-54`, ACCEPTED);
      }
    } else if (text.startsWith('MODEL ', start)) {
      builder.startModel(String(number));
    } else if (text.startsWith('REMARK 350', start)) {
      remarks.push(text.slice(start + 10, end));
    } else if (text.startsWith('HELIX ', start) || text.startsWith('SHEET ', start)) {
      secondary.push(...rangeOf(text.slice(start, end)));
    }
    start = end + 1;
  }
  return builder.finish('pdb', assembliesOf(remarks, name), secondary, ACCEPTED);
}

/** @returns false when the line has no three coordinates. */
function readAtom(line: string, builder: AtomBuilder): boolean {
  const at = shiftOf(line);
  const column = (from: number, to: number) => line.slice(from - 1 + at, to + at);
  const alternate = column(17, 17).trim();
  // A fourth letter of the residue's name and a second one of the chain share column 21.
  const four = column(18, 21).trim();
  const isFour = column(22, 22).trim() === '' || isWaterName(four);
  const chain = (isFour ? column(22, 22) : column(21, 22)).trim();
  const element = builder.accept({
    residue: column(21, 27), // chain, number and insertion code: names may differ at one place
    alternate,
    compound: isFour ? four : column(18, 20).trim(),
    atom: column(13, 16),
    symbol: column(77, 78).trim(),
    chain,
    sequence: numberIn(column(23, 26)),
  });
  if (element === 0) return true;
  const next = column(55, 55);
  if (next !== '' && '.0123456789'.includes(next)) return false; // the fields overflow
  const [x, y, z] = [column(31, 38), column(39, 46), column(47, 54)].map(coordinate);
  return builder.add(x, y, z, element, chain);
}

/** Chain and residue numbers of a HELIX or SHEET record; none where they are no numbers. */
function rangeOf(line: string): SecondaryRange[] {
  const helix = line.startsWith('HELIX');
  const column = (from: number, to: number) => line.slice(from - 1, to).trim();
  const chain = helix ? column(20, 20) : column(22, 22);
  const from = numberIn(helix ? column(22, 25) : column(23, 26));
  const to = numberIn(column(34, 37));
  const kind = helix ? BACKBONE.helix : BACKBONE.strand;
  return Number.isInteger(from) && to >= from ? [{ chain, from, to, kind }] : [];
}

const numberIn = (field: string) => (field.trim() === '' ? Number.NaN : Number(field));

function coordinate(field: string): number {
  return field.length < 8 || field.trim() === '' ? Number.NaN : Number(field);
}

/** By how many columns a serial number of more than five digits has pushed the rest of its line. */
function shiftOf(line: string): number {
  const points = (by: number) => [34, 42, 50].every((column) => line[column + by] === '.');
  if (points(0) || !/^(?:ATOM|HETATM) *\d{6}/.test(line)) return 0;
  return [1, 2].find(points) ?? 0;
}

interface RawRule {
  readonly chains: string[];
  /** Numbers of each operator, row by row, as far as they are given. */
  readonly operators: number[][];
}

const namesIn = (list: string) => list.split(/[\s,]+/).filter((name) => name !== '');

/** The BIOMT operators, grouped by "BIOMOLECULE" and by "APPLY THE FOLLOWING TO CHAINS". */
function assembliesOf(remarks: readonly string[], name: string): Assembly[] {
  const assemblies: { id: string; rules: RawRule[] }[] = [];
  /** Whether a list of chains ended in a comma: older entries continue it on the next line. */
  let continued = false;
  for (const remark of remarks) {
    const id = /BIOMOLECULE:\s*(\w+)/.exec(remark);
    if (id) assemblies.push({ id: id[1] as string, rules: [] });
    const list = /(APPLY THE FOLLOWING TO|AND)\s+CHAINS:(.*)/.exec(remark);
    const more = continued && /^\s*((?:\w\s*,\s*)*\w\s*,?)\s*$/.exec(remark);
    continued = /,\s*$/.test(list?.[2] ?? (more ? more[1] : ''));
    if (more)
      assemblies
        .at(-1)
        ?.rules.at(-1)
        ?.chains.push(...namesIn(more[1]));
    const row = /BIOMT([123])\s+\d+\s+(.*)/.exec(remark);
    if (!list && !row) continue;
    if (assemblies.length === 0) assemblies.push({ id: '1', rules: [] });
    const rules = (assemblies.at(-1) as (typeof assemblies)[number]).rules;
    if (list) {
      const chains = namesIn(list[2]);
      const last = rules.at(-1);
      if (list[1] === 'AND' && last) last.chains.push(...chains);
      else rules.push({ chains, operators: [] });
    } else if (row) {
      if (rules.length === 0) rules.push({ chains: [], operators: [] });
      const { operators } = rules.at(-1) as RawRule;
      if (row[1] === '1') operators.push([]);
      operators.at(-1)?.push(...(row[2] as string).trim().split(/\s+/).slice(0, 4).map(Number));
    }
  }
  return assemblies
    .map(({ id, rules }) => ({
      id,
      rules: rules.filter((raw) => raw.operators.length > 0).map((raw) => rule(raw, name)),
    }))
    .filter(({ rules }) => rules.length > 0);
}

function rule({ chains, operators }: RawRule, name: string): AssemblyRule {
  const all = chains.length === 0 || chains.includes('ALL');
  return {
    // Format 2 calls the blank chain NULL.
    chains: all ? null : chains.map((chain) => (chain === 'NULL' ? '' : chain)),
    operators: () => operators.map((numbers, i) => checkOperator(numbers, String(i + 1), name)),
  };
}
