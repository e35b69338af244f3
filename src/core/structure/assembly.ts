import { badFile, badInput } from '../errors.ts';
import type { Finding } from '../volume/report.ts';
import { Findings } from '../volume/report.ts';
import type { Assembly, Atoms, Operator, Structure } from './types.ts';

/** Atoms an assembly may have (15 bytes each); the largest virus in the PDB has some 16 million. */
const MOST_ATOMS = 25_000_000;

/** Atoms copied by the operators of an assembly. */
export interface Assembled {
  readonly atoms: Atoms;
  readonly operators: number;
  readonly findings: readonly Finding[];
}

/** The atoms of the named chains only. @throws AppError 'bad-input' for a chain that is not there. */
export function selectChains(structure: Structure, names: readonly string[]): Atoms {
  const missing = names.filter((name) => !structure.chains.includes(name));
  if (missing.length > 0) {
    throw badInput(`${structure.name}: no chain ${list(missing)}; ${theChains(structure)}.`);
  }
  const keep = structure.chains.map((name) => names.includes(name));
  return copyAtoms(structure, [{ keep, operators: [IDENTITY] }]);
}

/**
 * The atoms of a biological assembly: every chain of every rule under every operator. Chains that the
 * file lacks are a finding as long as others are there.
 *
 * @throws AppError 'bad-input' when the file has no assembly of that id, 'bad-file' when the assembly
 *   selects no atom, names operators that are not listed, or is beyond the limits.
 */
export function assemble(structure: Structure, id: string): Assembled {
  const assembly = structure.assemblies.find((candidate) => candidate.id === id);
  if (!assembly) {
    const known = structure.assemblies.map((a) => a.id).join(', ') || 'none';
    throw badInput(`${structure.name}: no assembly "${id}"; assemblies in the file: ${known}.`);
  }
  const findings = new Findings();
  const named = new Set(assembly.rules.flatMap(({ chains }) => chains ?? structure.chains));
  const missing = [...named].filter((chain) => !structure.chains.includes(chain));
  const copies = assembly.rules.map((rule) => ({
    keep: structure.chains.map((name) => rule.chains === null || rule.chains.includes(name)),
    operators: rule.operators(),
  }));
  const atoms = copyAtoms(structure, copies);
  if (atoms.count === 0) {
    const why =
      missing.length > 0
        ? `assembly ${id} is made of ${missing.length === 1 ? 'chain' : 'chains'} ${list(missing)}, which the file does not hold (${theChains(structure)})`
        : `assembly ${id} selects no atom`;
    throw badFile(structure.name, why, NONE);
  }
  if (missing.length > 0) {
    findings.warning(
      'absent-chains',
      `assembly ${id} also names ${missing.length === 1 ? 'chain' : 'chains'} ${list(missing)}, which the file does not hold; the rest is used`,
    );
  }
  return { atoms, operators: operatorCount(assembly), findings: findings.list };
}

/** How many operators an assembly has in all. @throws as `AssemblyRule.operators`. */
export function operatorCount(assembly: Assembly): number {
  return assembly.rules.reduce((sum, rule) => sum + rule.operators().length, 0);
}

const NONE = '--assembly none for the atoms as they are, or a file with these chains';
const IDENTITY: Operator = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

function theChains({ chains }: Structure): string {
  return `the chains are ${list(chains)}`;
}

function list(chains: readonly string[]): string {
  const shown = chains.slice(0, 12).map((chain) => chain || '(blank)');
  return shown.join(', ') + (chains.length > shown.length ? ', ...' : '');
}

interface Copy {
  /** By chain index. */
  readonly keep: readonly boolean[];
  readonly operators: readonly Operator[];
}

function copyAtoms({ atoms, name }: Structure, copies: readonly Copy[]): Atoms {
  let count = 0;
  for (const { keep, operators } of copies) {
    for (let i = 0; i < atoms.count; i++) if (keep[atoms.chains[i]]) count += operators.length;
  }
  if (count > MOST_ATOMS) {
    throw badFile(
      name,
      `the assembly has ${count} atoms`,
      `assemblies of up to ${MOST_ATOMS} atoms, or --assembly none for the atoms as they are`,
    );
  }
  const positions = new Float32Array(3 * count);
  const elements = new Uint8Array(count);
  const chains = new Uint16Array(count);
  const backbone = new Uint8Array(count);
  let n = 0;
  for (const { keep, operators } of copies) {
    for (const m of operators) {
      for (let i = 0; i < atoms.count; i++) {
        if (!keep[atoms.chains[i]]) continue;
        const x = atoms.positions[3 * i];
        const y = atoms.positions[3 * i + 1];
        const z = atoms.positions[3 * i + 2];
        positions[3 * n] = m[0] * x + m[1] * y + m[2] * z + m[3];
        positions[3 * n + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
        positions[3 * n + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
        elements[n] = atoms.elements[i];
        chains[n] = atoms.chains[i];
        backbone[n] = atoms.backbone[i];
        n++;
      }
    }
  }
  return { count, positions, elements, chains, backbone };
}
