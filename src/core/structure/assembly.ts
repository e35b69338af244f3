import { badInput } from '../errors.ts';
import type { Assembly, Atoms, Structure } from './types.ts';

/** The atoms of the named chains only. @throws AppError 'bad-input' for a chain that is not there. */
export function selectChains(structure: Structure, names: readonly string[]): Atoms {
  const missing = names.filter((name) => !structure.chains.includes(name));
  if (missing.length > 0) {
    throw badInput(
      `${structure.name}: no chain ${missing.join(', ')}; the chains are ${structure.chains.join(', ')}.`,
    );
  }
  const keep = structure.chains.map((name) => names.includes(name));
  return copyAtoms(structure.atoms, [{ keep, operators: [IDENTITY] }]);
}

/**
 * The atoms of a biological assembly: every chain of every rule under every operator.
 *
 * @throws AppError 'bad-input' when the file has no assembly of that id.
 */
export function assemble(structure: Structure, id: string): Atoms {
  const assembly = structure.assemblies.find((candidate) => candidate.id === id);
  if (!assembly) {
    const known = structure.assemblies.map((a) => a.id).join(', ') || 'none';
    throw badInput(`${structure.name}: no assembly "${id}"; assemblies in the file: ${known}.`);
  }
  return copyAtoms(
    structure.atoms,
    assembly.rules.map(({ chains, operators }) => ({
      keep: structure.chains.map((name) => chains === null || chains.includes(name)),
      operators,
    })),
  );
}

/** How many operators an assembly has in all. */
export function operatorCount(assembly: Assembly): number {
  return assembly.rules.reduce((sum, rule) => sum + rule.operators.length, 0);
}

const IDENTITY: readonly number[] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

interface Copy {
  /** By chain index. */
  readonly keep: readonly boolean[];
  readonly operators: readonly (readonly number[])[];
}

function copyAtoms(atoms: Atoms, copies: readonly Copy[]): Atoms {
  let count = 0;
  for (const { keep, operators } of copies) {
    for (let i = 0; i < atoms.count; i++) if (keep[atoms.chains[i]]) count += operators.length;
  }
  const positions = new Float32Array(3 * count);
  const elements = new Uint8Array(count);
  const chains = new Uint16Array(count);
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
        n++;
      }
    }
  }
  return { count, positions, elements, chains };
}
