import { describe, expect, it } from 'vitest';
import {
  assemble,
  measureAtoms,
  operatorCount,
  overlayAtoms,
  readStructure,
  selectChains,
} from './index.ts';
import { atom } from './test-records.ts';

const SQUARE_BIOMT = [
  'REMARK 350 BIOMOLECULE: 1',
  'REMARK 350 APPLY THE FOLLOWING TO CHAINS: A',
  'REMARK 350                    AND CHAINS: B',
  'REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000',
  'REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000',
  'REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000',
  'REMARK 350   BIOMT1   2 -1.000000  0.000000  0.000000       10.00000',
  'REMARK 350   BIOMT2   2  0.000000 -1.000000  0.000000        0.00000',
  'REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000        0.00000',
];

const PDB = [
  'HEADER    TEST',
  ...SQUARE_BIOMT,
  atom({ name: ' N  ', element: 'N' }, [20, 0, 0]),
  atom({ name: ' H  ', element: 'H' }, [21, 0, 0]),
  atom({ alternate: 'A' }, [22, 0, 0]),
  atom({ alternate: 'B' }, [22.5, 0, 0]),
  atom({ sequence: 2, alternate: 'B' }, [24, 0, 0]),
  atom({ chain: 'B', name: 'CA  ', residue: ' CA', element: 'CA', record: 'HETATM' }, [0, 5, 0]),
  atom({ chain: 'C', residue: 'LIG', element: 'O' }, [0, 0, 7]),
  atom({ chain: 'C', residue: 'HOH', element: 'O', record: 'HETATM' }, [9, 9, 9]),
  'END',
].join('\n');

describe('readPdb', () => {
  it('skips hydrogens, water and further alternate locations', () => {
    const { atoms, chains, models } = readStructure(PDB, 'a.pdb');
    expect(Array.from(atoms.elements)).toEqual([7, 6, 6, 20, 8]);
    expect(Array.from(atoms.positions.slice(3, 9))).toEqual([22, 0, 0, 24, 0, 0]);
    expect(chains).toEqual(['A', 'B', 'C']);
    expect(models).toBe(1);
    expect(readStructure(PDB, 'a.pdb', { waters: true }).atoms.count).toBe(6);
  });

  it('takes one residue where two share a place, and both neighbours with insertion codes', () => {
    const at = (residue: string, alternate: string, x: number) =>
      atom({ residue, alternate, sequence: 22 }, [x, 0, 0]);
    const inserted = at('SER', 'B', 9).replace('  22 ', '  22A');
    const lines = [at('PRO', 'A', 1), at('SER', 'B', 2), at('PRO', 'A', 3), inserted];
    const { atoms } = readStructure(lines.join('\n'), 'mixed.pdb');
    expect(Array.from(atoms.positions).filter((_, i) => i % 3 === 0)).toEqual([1, 3, 9]);
  });

  it('applies REMARK 350 to the chains it names, "AND CHAINS" included', () => {
    const structure = readStructure(PDB, 'a.pdb');
    expect(structure.assemblies).toHaveLength(1);
    expect(operatorCount(structure.assemblies[0] as (typeof structure.assemblies)[number])).toBe(2);
    const atoms = assemble(structure, '1').atoms;
    expect(atoms.count).toBe(8); // four atoms of A and B, twice; none of C
    expect(Array.from(atoms.positions.slice(12, 15))).toEqual([-10, 0, 0]); // 20 -> -20 + 10
    expect(() => assemble(structure, '7')).toThrow(/no assembly "7".*: 1\./);
  });

  it('follows a list of chains that continues without "AND CHAINS", as older entries have it', () => {
    const older = PDB.replace(
      'CHAINS: A\nREMARK 350                    AND CHAINS: B',
      'CHAINS: A,\nREMARK 350            B',
    );
    expect(assemble(readStructure(older, 'a.pdb'), '1').atoms.count).toBe(8);
  });

  it('gives the atoms of the assembly about their centre of mass, to be drawn', () => {
    const { positions, chains, atoms } = overlayAtoms(readStructure(PDB, 'a.pdb'));
    expect([atoms, positions.length, chains.length]).toEqual([8, 24, 8]);
    const { centre } = measureAtoms(assemble(readStructure(PDB, 'a.pdb'), '1').atoms);
    expect(positions[0]).toBeCloseTo(20 - centre[0], 4);
  });

  it('takes elements from atom names when the columns are missing', () => {
    const lines = [
      atom({ name: ' CA ' }, [0, 0, 0]),
      atom({ name: 'FE  ' }, [0, 0, 0]),
      atom({ name: 'HG11' }, [0, 0, 0]),
      atom({ name: " O5'" }, [0, 0, 0]),
    ].map((line) => line.slice(0, 66));
    expect(Array.from(readStructure(lines.join('\n'), 'b.pdb').atoms.elements)).toEqual([6, 26, 8]);
  });

  it('reads the first model, or all', () => {
    const text = [
      'MODEL        1',
      atom({}, [0, 0, 0]),
      'ENDMDL',
      'MODEL        2',
      atom({}, [1, 0, 0]),
    ];
    const first = readStructure(text.join('\r\n'), 'nmr.pdb');
    expect([first.models, first.atoms.count]).toEqual([2, 1]);
    expect(readStructure(text.join('\n'), 'nmr.pdb', { models: 'all' }).atoms.count).toBe(2);
  });

  it('selects chains and names missing ones', () => {
    const structure = readStructure(PDB, 'a.pdb');
    expect(selectChains(structure, ['A']).count).toBe(3);
    expect(() => selectChains(structure, ['A', 'Z'])).toThrow(/no chain Z; the chains are A, B, C/);
  });

  it('refuses files without atoms or with damaged coordinates', () => {
    expect(() => readStructure('HEADER only\n', 'empty.pdb')).toThrow(/empty\.pdb: holds no atoms/);
    const bad = atom({}, [1, 2, 3]).replace('   1.000', '   1.x00');
    expect(() => readStructure(bad, 'bad.pdb')).toThrow(/bad\.pdb: line 1 .*columns 31-54/);
  });
});

const CIF = `data_TEST
# a comment
_struct.title 'It''s a "test"'
_struct.text
;A text field with loop_ and
_atom_site.id in it
;
loop_
_pdbx_struct_assembly_gen.assembly_id
_pdbx_struct_assembly_gen.oper_expression
_pdbx_struct_assembly_gen.asym_id_list
1 '(1-2)(3,4)' A
1 1 B
2 1 A,B
loop_
_pdbx_struct_oper_list.id
${[1, 2, 3].flatMap((r) => [...[1, 2, 3].map((c) => `_pdbx_struct_oper_list.matrix[${r}][${c}]`), `_pdbx_struct_oper_list.vector[${r}]`]).join('\n')}
1 1 0 0 0  0 1 0 0  0 0 1 0
2 -1 0 0 0  0 -1 0 0  0 0 1 0
3 1 0 0 0  0 1 0 0  0 0 1 0
4 1 0 0 0  0 1 0 0  0 0 1 100
loop_
_atom_site.group_PDB
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.auth_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.pdbx_PDB_model_num
ATOM O "O5'" . C A 1 10.0 0.0 0.0 1
ATOM C CA A ALA A 2 0.0 20.0 0.0 1
ATOM C CA B ALA A 2 0.5 20.0 0.0 1
ATOM H HA . ALA A 2 0.0 21.0 0.0 1
HETATM ZN ZN . ZN B 3 0.0 0.0 30.0 1
HETATM O O . HOH B 4 5.0 5.0 5.0 1
ATOM C CA . ALA A 2 0.0 0.0 0.0 2
#
_after.item 1
`;

describe('readMmcif', () => {
  it('reads atoms with quotes, comments, text fields and alternate locations around them', () => {
    const { format, atoms, chains, models } = readStructure(CIF, 'a.cif');
    expect(format).toBe('mmcif');
    expect(Array.from(atoms.elements)).toEqual([8, 6, 30]);
    expect(chains).toEqual(['A', 'B']);
    expect(models).toBe(2);
    expect(readStructure(CIF, 'a.cif', { models: 'all' }).atoms.count).toBe(4);
  });

  it('takes one residue where two share a place', () => {
    const rows = 'ATOM C CA A PRO A 9 1.0 0.0 0.0 1\nATOM C CA B SER A 9 2.0 0.0 0.0 1\n';
    const mixed = CIF.replace('ATOM H HA', `${rows}ATOM H HA`);
    expect(readStructure(mixed, 'a.cif').atoms.count).toBe(4);
  });

  it('expands products of operators and several rules of one assembly', () => {
    const structure = readStructure(CIF, 'a.cif');
    const atoms = assemble(structure, '1').atoms;
    expect(atoms.count).toBe(2 * 4 + 1);
    const xz = Array.from({ length: 4 }, (_, copy) => [
      atoms.positions[6 * copy],
      atoms.positions[6 * copy + 2],
    ]);
    expect(xz).toEqual([
      [10, 0],
      [10, 100],
      [-10, 0],
      [-10, 100],
    ]);
    expect(assemble(structure, '2').atoms.count).toBe(3);
  });

  it('reads items outside of loops as well', () => {
    const single = CIF.replace(/loop_\n_pdbx_struct_assembly_gen[\s\S]*?2 1 A,B\n/, '').concat(
      '_pdbx_struct_assembly_gen.assembly_id 9\n_pdbx_struct_assembly_gen.oper_expression 1,2\n_pdbx_struct_assembly_gen.asym_id_list\n;A,\nB\n;\n',
    );
    expect(assemble(readStructure(single, 'a.cif'), '9').atoms.count).toBe(6);
  });

  it('refuses a table that breaks off', () => {
    const cut = CIF.slice(0, CIF.indexOf('ATOM C CA B'));
    expect(() => readStructure(`${cut}ATOM C`, 'cut.cif')).toThrow(/cut\.cif: the atom table ends/);
    expect(() => readStructure('data_x\n', 'none.cif')).toThrow(/none\.cif: holds no atoms/);
  });
});

describe('measureAtoms', () => {
  it('radius of gyration of an assembly: a ring of radius R about its axis has R', () => {
    const n = 12;
    const radius = 50;
    const operators = Array.from({ length: n }, (_, i) => {
      const a = (2 * Math.PI * i) / n;
      const [c, s] = [Math.cos(a).toFixed(6), Math.sin(a).toFixed(6)];
      return [
        `REMARK 350   BIOMT1 ${i + 1} ${c} ${-s} 0.0 1000.0`,
        `REMARK 350   BIOMT2 ${i + 1} ${s} ${c} 0.0 -500.0`,
        `REMARK 350   BIOMT3 ${i + 1} 0.0 0.0 1.0 300.0`,
      ];
    }).flat();
    const text = [...operators, atom({}, [radius, 0, 0])].join('\n');
    const ring = measureAtoms(assemble(readStructure(text, 'ring.pdb'), '1').atoms);
    expect(ring.electrons).toBe(6 * n);
    expect(ring.radiusOfGyration).toBeCloseTo(radius, 3);
    expect(ring.centre.map((v) => Math.round(v * 1000) / 1000)).toEqual([1000, -500, 300]);
    expect(ring.radius).toBeCloseTo(radius, 3);
  });
});
