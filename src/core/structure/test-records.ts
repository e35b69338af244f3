/** A PDB record with its fixed columns. */
export function atom(
  options: {
    name?: string;
    alternate?: string;
    residue?: string;
    chain?: string;
    sequence?: number;
    element?: string;
    record?: string;
  },
  [x, y, z]: readonly [number, number, number],
): string {
  const o = { name: ' CA ', alternate: ' ', residue: 'ALA', chain: 'A', sequence: 1, ...options };
  const xyz = [x, y, z].map((v) => v.toFixed(3).padStart(8)).join('');
  return `${(o.record ?? 'ATOM').padEnd(6)}    1 ${o.name}${o.alternate}${o.residue.padStart(3)} ${o.chain}${String(o.sequence).padStart(4)}    ${xyz}  1.00 20.00          ${(o.element ?? 'C').padStart(2)}`;
}

/** REMARK 350 of one biological assembly: the identity, for these chains. */
export function biomt(chains: string): string[] {
  return [
    'REMARK 350 BIOMOLECULE: 1',
    `REMARK 350 APPLY THE FOLLOWING TO CHAINS: ${chains}`,
    'REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000',
    'REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000',
    'REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000',
  ];
}
