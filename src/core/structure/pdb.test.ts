import { describe, expect, it } from 'vitest';
import { assemble, readStructure } from './index.ts';
import { atom, biomt } from './test-records.ts';

const two = [atom({}, [0, 0, 0]), atom({ sequence: 2 }, [10, 0, 0])];
const read = (lines: readonly string[], name = 'x.pdb') => readStructure(lines.join('\n'), name);
const sum = (elements: Uint8Array) => elements.reduce((total, z) => total + z, 0);

it('marks the backbone, and where it is a helix or a strand', () => {
  const residue = (sequence: number, chain = 'A') => [
    atom({ sequence, chain, name: ' N  ', element: 'N' }, [0, 0, 3 * sequence]),
    atom({ sequence, chain }, [1, 0, 3 * sequence]),
  ];
  const lines = [
    'HELIX    1   1 ALA A    2  ALA A    3  1                                   2    ',
    'SHEET    1   A 2 ALA B   1  ALA B   1  0                                        ',
    ...[1, 2, 3, 4].flatMap((n) => residue(n)),
    ...residue(1, 'B'),
    atom({ name: ' P  ', element: 'P', residue: '  U', chain: 'C' }, [9, 9, 9]),
    atom({ name: 'CA  ', element: 'CA', residue: ' CA', chain: 'D' }, [9, 9, 9]),
  ];
  const { backbone } = read(lines).atoms;
  expect(Array.from(backbone)).toEqual([0, 1, 0, 2, 0, 2, 0, 1, 0, 3, 4, 0]);
});

describe('coordinates of a PDB file', () => {
  it.each([
    ['ATOM in column 6', 'ATOM 100000'],
    ['HETATM in column 7', 'HETATM100000'],
    ['ATOM of seven digits', 'ATOM1000000'],
  ])('are read after a serial number that overflows: %s', (_, head) => {
    const lines = [two[0], head + (two[1] as string).slice(head.length)];
    expect(read(lines as string[]).atoms.count).toBe(2);
  });

  it('are found where a long serial number has pushed the line to the right', () => {
    const pushed = `ATOM  1000000${atom({}, [1, 2, 3]).slice(11)}`;
    const { atoms } = read([pushed]);
    expect(Array.from(atoms.positions)).toEqual([1, 2, 3]);
  });

  it.each([
    ['blank', ' '.repeat(24)],
    ['one of them blank', `   1.000${' '.repeat(8)}   1.000`],
    ['overflowing', '-1000.000-1000.000  10.000'],
    ['overflowing into plausible fields', '-12345.6781000.0001000.000'],
    ['asterisks', '****************   1.000'],
    ['beyond any molecule', '   1e+30   1.000   1.000'],
  ])('are refused by their line when %s', (_, fields) => {
    const line = atom({}, [0, 0, 0]);
    const bad = line.slice(0, 30) + fields + line.slice(54);
    expect(() => read([two[0] as string, bad])).toThrow(/x\.pdb: line 2 has no three coordinates/);
  });

  it.each([
    ['\r', 'old Mac'],
    ['\r\n', 'DOS'],
  ])('are read with line ends %j of %s', (end) => {
    expect(readStructure(two.join(end), 'x.pdb').atoms.count).toBe(2);
    const bad = [two[0], atom({}, [0, 0, 0]).slice(0, 40)].join(end);
    expect(() => readStructure(bad, 'x.pdb')).toThrow(/line 2 /);
  });
});

describe('water', () => {
  it.each(['HOH', 'WAT', 'DOD', 'SOL', 'TIP', 'SPC', 'T3P', 'TP3', 'T4P', 'OPC'])(
    '%s',
    (residue) => {
      const structure = read([
        ...two,
        atom({ residue, name: ' OW ', element: 'O', chain: 'W' }, [5, 5, 0]),
        atom({ residue, name: ' MW ', element: '', chain: 'W' }, [5, 5, 0]),
      ]);
      expect([structure.atoms.count, structure.waters]).toEqual([2, 1]);
      expect(structure.findings).toEqual([]);
    },
  );

  it('has names of four letters', () => {
    const line = atom({ residue: 'TIP', name: ' OH2', element: 'O', chain: ' ' }, [5, 0, 5]);
    const four = `${line.slice(0, 20)}3${line.slice(21)}`;
    expect(read([...two, four, four.replace('TIP3 ', 'TIP3W')]).waters).toBe(2);
  });

  it('is not a ligand of the same name', () => {
    const { atoms } = read([
      ...two,
      atom({ residue: 'T3P', name: ' P  ', element: 'P' }, [1, 1, 1]),
    ]);
    expect(sum(atoms.elements)).toBe(27);
  });
});

describe('models', () => {
  const text = ['MODEL        1', two[0], 'ENDMDL', 'MODEL        2', two[1], 'ENDMDL'] as string[];

  it.each(['x.pdb1', 'a/1abc.pdb12.gz', 'x-assembly1.cif'])('all are read of %s', (name) => {
    const { atoms, models, modelsRead, isAssembly } = read(text, name);
    expect([atoms.count, models, modelsRead, isAssembly]).toEqual([2, 2, 2, true]);
  });

  it('the first is read of another file, and that is said', () => {
    const { atoms, findings } = read(text, 'x.pdb');
    expect(atoms.count).toBe(1);
    expect(findings.map(({ message }) => message)).toEqual([
      'model 1 of 2 is used; --models all takes them together',
    ]);
  });
});

describe('assemblies of REMARK 350', () => {
  it('NULL is the blank chain', () => {
    const blank = two.map((line) => `${line.slice(0, 21)} ${line.slice(22)}`);
    expect(assemble(read([...biomt('NULL'), ...blank]), '1').atoms.count).toBe(2);
  });

  it('takes chains of two letters', () => {
    const wide = two.map((line) => `${line.slice(0, 20)}AB${line.slice(22)}`);
    const structure = read([...biomt('AB'), ...wide]);
    expect(structure.chains).toEqual(['AB']);
    expect(assemble(structure, '1').atoms.count).toBe(2);
  });

  it('refuses one that selects no atom, and says which chains it lacks when it selects some', () => {
    expect(() => assemble(read([...biomt('B, C'), ...two]), '1')).toThrow(
      /x\.pdb: assembly 1 is made of chains B, C, which the file does not hold \(the chains are A\); accepted: --assembly none/,
    );
    const { atoms, findings } = assemble(read([...biomt('A, B'), ...two]), '1');
    expect(atoms.count).toBe(2);
    expect(findings[0]?.message).toMatch(/also names chain B, which the file does not hold/);
  });

  it('does not miss chains of water', () => {
    const water = atom({ residue: 'HOH', chain: 'W', element: 'O', name: ' O  ' }, [1, 1, 1]);
    expect(assemble(read([...biomt('A, W'), ...two, water]), '1').findings).toEqual([]);
    expect(() => assemble(read([...biomt('W'), ...two, water]), '1')).toThrow(/selects no atom/);
  });

  it('refuses an operator that breaks off or is no rotation, when it is asked for', () => {
    const cut = read([...biomt('A').slice(0, 4), ...two]);
    expect(cut.atoms.count).toBe(2);
    expect(() => assemble(cut, '1')).toThrow(/operator 1 of the assembly is not a rotation/);
    const flat = biomt('A').map((line) => line.replaceAll('1.000000', '0.000000'));
    expect(() => assemble(read([...flat, ...two]), '1')).toThrow(/operator 1 .* not a rotation/);
  });
});

describe('elements', () => {
  const bare = (name: string, residue: string) =>
    atom({ name, residue }, [0, 0, 0]).slice(0, 66).trimEnd();
  const elements = (...lines: string[]) => Array.from(read(lines).atoms.elements);

  it('come from the residue where names begin in column 13', () => {
    const names = ['N   ', 'CA  ', 'CD1 ', 'NE1 ', 'HG1 ', 'HE1 ', 'OG  ', 'SG  ', '1HB '];
    expect(elements(...names.map((name) => bare(name, 'TRP')))).toEqual([7, 6, 6, 7, 8, 16]);
    expect(elements(bare('SE  ', 'MSE'), bare("C5' ", 'DA5'), bare('P   ', 'A'))).toEqual([
      34, 6, 15,
    ]);
  });

  it('are metals where the residue is one, in any column', () => {
    const ions = [
      bare('CA  ', ' CA'),
      bare('CA  ', 'CA '),
      bare(' ZN ', ' ZN'),
      bare('HG  ', ' HG'),
      bare('CD  ', ' CD'),
      bare('SOD ', 'SOD'),
      bare('CLA ', 'CLA'),
      bare('K   ', '  K'),
      bare('CL- ', 'CL-'),
    ];
    expect(elements(bare('CA  ', 'ALA'), ...ions)).toEqual([6, 20, 20, 30, 80, 48, 11, 17, 19, 17]);
  });

  it('of ligands follow the columns where the file keeps to them', () => {
    expect(elements(bare(' CA ', 'ALA'), bare('CL1 ', 'LIG'), bare(' CL1', 'LIG'))).toEqual([
      6, 17, 6,
    ]);
    expect(elements(bare('FE  ', 'HEM'), bare(' NA ', 'HEM'), bare('CO  ', 'B12'))).toEqual([
      26, 7, 27,
    ]);
    // Where it does not, carbon, nitrogen and hydrogen are likelier than their neighbours.
    expect(
      elements(bare('CA  ', 'ALA'), bare('NA  ', 'HEM'), bare('FE  ', 'HEM'), bare('HO2 ', 'POP')),
    ).toEqual([6, 7, 26]);
  });

  it('may be charged, heavy or unknown; the last is said', () => {
    const line = (symbol: string) =>
      atom({ name: ' X  ', residue: 'LIG', element: symbol }, [0, 0, 0]);
    expect(elements(`${line('ZN')}2+`, line('PU'), `${line('Cl')}1-`)).toEqual([30, 94, 17]);
    const { atoms, findings } = read([line('QQ'), line('QQ'), line('C')]);
    expect(Array.from(atoms.elements)).toEqual([6, 6, 6]);
    expect(findings.map(({ message }) => message)).toEqual([
      '2 atoms of unknown element ("QQ") count as carbon',
    ]);
  });
});
