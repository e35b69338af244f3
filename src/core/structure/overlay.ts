import { assemble } from './assembly.ts';
import { measureAtoms } from './measure.ts';
import { BACKBONE, type Ribbon, ribbonOf, type Trace } from './ribbon.ts';
import type { Atoms, Structure } from './types.ts';

/** More points cannot be distinguished on a screen. */
const MOST_POINTS = 200_000;

/** Atoms as they are drawn over a volume. */
export interface OverlayAtoms {
  readonly name: string;
  /** Å about the centre of mass, `[points * 3]`. */
  readonly positions: Float32Array;
  /** Number of the chain of each point. */
  readonly chains: Uint16Array;
  /** Atoms without hydrogens; every n-th is a point where they are very many. */
  readonly atoms: number;
  /** About the same centre; null where no backbone is known. */
  readonly ribbon: Ribbon | null;
}

/** The atoms of a structure's first biological assembly, or as they are, about their centre of mass. */
export function overlayAtoms(structure: Structure): OverlayAtoms {
  const first = structure.isAssembly ? undefined : structure.assemblies[0];
  const atoms: Atoms = first ? assemble(structure, first.id).atoms : structure.atoms;
  const { centre } = measureAtoms(atoms);
  const step = Math.max(1, Math.ceil(atoms.count / MOST_POINTS));
  const count = Math.ceil(atoms.count / step);
  const positions = new Float32Array(3 * count);
  const chains = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const from = i * step;
    for (let axis = 0; axis < 3; axis++) {
      positions[3 * i + axis] = atoms.positions[3 * from + axis] - centre[axis];
    }
    chains[i] = atoms.chains[from];
  }
  const ribbon = ribbonOf(traceOf(atoms, centre));
  return { name: structure.name, positions, chains, atoms: atoms.count, ribbon };
}

function traceOf({ positions, chains, backbone }: Atoms, centre: readonly number[]): Trace {
  let count = 0;
  for (const kind of backbone) if (kind !== BACKBONE.none) count++;
  const trace = {
    positions: new Float32Array(3 * count),
    kinds: new Uint8Array(count),
    chains: new Uint16Array(count),
  };
  for (let i = 0, n = 0; i < backbone.length; i++) {
    if (backbone[i] === BACKBONE.none) continue;
    for (let axis = 0; axis < 3; axis++) {
      trace.positions[3 * n + axis] = positions[3 * i + axis] - centre[axis];
    }
    trace.kinds[n] = backbone[i];
    trace.chains[n] = chains[i];
    n++;
  }
  return trace;
}
