import { badFile } from '../errors.ts';
import { AtomBuilder, isWater } from './builder.ts';
import { atomicNumber, atomicNumberOfName } from './elements.ts';
import type { Assembly, AssemblyRule, Operator, Structure, StructureOptions } from './types.ts';

const ACCEPTED = 'a PDB file with ATOM or HETATM records';

/**
 * Reads a PDB file (format 3.3): atoms without hydrogens, the first alternate location of every
 * residue, and the biological assemblies of REMARK 350.
 *
 * @param name file name for messages
 * @throws AppError 'bad-file' for a coordinate that is no number, or no atoms at all.
 */
export function readPdb(text: string, name: string, options: StructureOptions = {}): Structure {
  const builder = new AtomBuilder();
  const remarks: string[] = [];
  let models = 0;
  let residue = '';
  let keptAlternate = '';
  for (let start = 0, line = 1; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const isAtom = text.startsWith('ATOM  ', start) || text.startsWith('HETATM', start);
    if (isAtom && (models <= 1 || options.models === 'all')) {
      const alternate = text[start + 16] as string;
      // Chain, number and insertion code: alternates may differ in their residue's name.
      const where = text.slice(start + 21, start + 27);
      if (where !== residue) {
        residue = where;
        keptAlternate = '';
      }
      if (alternate !== ' ' && keptAlternate === '') keptAlternate = alternate;
      const element = elementOf(text.slice(start, Math.min(end, start + 80)));
      const skip =
        element === 1 ||
        (alternate !== ' ' && alternate !== keptAlternate) ||
        (!options.waters && isWater(text.slice(start + 17, start + 20)));
      if (!skip) {
        const x = Number(text.slice(start + 30, start + 38));
        const y = Number(text.slice(start + 38, start + 46));
        const z = Number(text.slice(start + 46, start + 54));
        if (!Number.isFinite(x + y + z) || end < start + 54) {
          throw badFile(name, `line ${line} has no three coordinates in columns 31-54`, ACCEPTED);
        }
        builder.add(x, y, z, element || 6, text[start + 21] as string);
      }
    } else if (text.startsWith('MODEL ', start)) {
      models++;
      residue = '';
    } else if (text.startsWith('REMARK 350', start)) {
      remarks.push(text.slice(start + 10, end));
    }
    start = end + 1;
  }
  return {
    name,
    format: 'pdb',
    atoms: builder.finish(name, ACCEPTED),
    chains: builder.chains,
    assemblies: assembliesOf(remarks),
    models: Math.max(1, models),
  };
}

function elementOf(line: string): number {
  return atomicNumber(line.slice(76, 78).trim()) || atomicNumberOfName(line.slice(12, 16));
}

/** The BIOMT operators, grouped by "BIOMOLECULE" and by "APPLY THE FOLLOWING TO CHAINS". */
function assembliesOf(remarks: readonly string[]): Assembly[] {
  const assemblies: { id: string; rules: { chains: string[]; operators: number[][] }[] }[] = [];
  for (const remark of remarks) {
    const id = /BIOMOLECULE:\s*(\w+)/.exec(remark);
    if (id) assemblies.push({ id: id[1] as string, rules: [] });
    const list = /(APPLY THE FOLLOWING TO|AND)\s+CHAINS:(.*)/.exec(remark);
    const row = /BIOMT([123])\s+\d+\s+(.*)/.exec(remark);
    if (!list && !row) continue;
    if (assemblies.length === 0) assemblies.push({ id: '1', rules: [] });
    const rules = (assemblies.at(-1) as (typeof assemblies)[number]).rules;
    if (list) {
      const chains = (list[2] as string).split(/[\s,]+/).filter((c) => c !== '');
      const last = rules.at(-1);
      if (list[1] === 'AND' && last) last.chains.push(...chains);
      else rules.push({ chains, operators: [] });
    } else if (row) {
      if (rules.length === 0) rules.push({ chains: [], operators: [] });
      const operators = (rules.at(-1) as (typeof rules)[number]).operators;
      if (row[1] === '1') operators.push([]);
      operators.at(-1)?.push(...(row[2] as string).trim().split(/\s+/).slice(0, 4).map(Number));
    }
  }
  return assemblies
    .map(({ id, rules }) => ({ id, rules: rules.map(rule).filter((r) => r.operators.length > 0) }))
    .filter(({ rules }) => rules.length > 0);
}

function rule(raw: { chains: string[]; operators: number[][] }): AssemblyRule {
  const all = raw.chains.length === 0 || raw.chains.includes('ALL');
  const operators: Operator[] = raw.operators.filter(
    (o) => o.length === 12 && o.every(Number.isFinite),
  );
  return { chains: all ? null : raw.chains, operators };
}
