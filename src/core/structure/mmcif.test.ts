import { describe, expect, it } from 'vitest';
import { assemble, readStructure } from './index.ts';
import { expandOperators, MOST_OPERATORS } from './operators.ts';

const ITEMS =
  'group_PDB id type_symbol label_atom_id label_alt_id label_comp_id label_asym_id Cartn_x Cartn_y Cartn_z auth_seq_id pdbx_PDB_model_num';
const HEAD = `loop_\n${ITEMS.split(' ')
  .map((item) => `_atom_site.${item}`)
  .join('\n')}\n`;
const ROWS = 'ATOM 1 C CA . GLY A 0 0 0 1 1\nATOM 2 C CA . GLY A 10 0 0 2 1\n';
const TEXT = `data_x\n${HEAD}${ROWS}#\n`;
const OPERATORS = `loop_\n_pdbx_struct_oper_list.id\n${[1, 2, 3]
  .flatMap((r) => [`matrix[${r}][1]`, `matrix[${r}][2]`, `matrix[${r}][3]`, `vector[${r}]`])
  .map((item) => `_pdbx_struct_oper_list.${item}\n`)
  .join('')}1 1 0 0 0 0 1 0 0 0 0 1 0\n2 1 0 0 5 0 1 0 0 0 0 1 0\n`;
const assembly = (expression: string, chains = 'A') =>
  `_pdbx_struct_assembly_gen.assembly_id 1\n_pdbx_struct_assembly_gen.oper_expression ${expression}\n_pdbx_struct_assembly_gen.asym_id_list ${chains}\n`;

const read = (text: string) => readStructure(text, 'x.cif');
const positions = (text: string) => Array.from(read(text).atoms.positions);

it('marks the backbone, and where it is a helix or a strand', () => {
  const rows = ROWS.split('\n').filter(Boolean);
  const numbered = [...rows, ROWS.split('\n')[0]].map((row, i) => `${row} ${i + 1}`);
  const table = `${HEAD}_atom_site.label_seq_id\n${numbered.join('\n')}\n`;
  const range = (category: string, type: string, from: number, to: number) =>
    `${type}${category}.beg_label_asym_id A\n${category}.beg_label_seq_id ${from}\n${category}.end_label_seq_id ${to}\n`;
  const helix = range('_struct_conf', '_struct_conf.conf_type_id HELX_P\n', 2, 2);
  const strand = range('_struct_sheet_range', '_struct_sheet_range.sheet_id A\n', 3, 7);
  const text = `data_x\n${helix}${strand}${table}`;
  expect(Array.from(read(text).atoms.backbone)).toEqual([1, 2, 3]);
  expect(Array.from(read(TEXT).atoms.backbone)).toEqual([1, 1]);
});

describe('CIF 1.1 syntax', () => {
  const same: [string, string][] = [
    [
      'tags in any case',
      TEXT.replaceAll('_atom_site.', '_ATOM_SITE.').replace('Cartn_x', 'CARTN_X'),
    ],
    ['keywords in any case', TEXT.replace('loop_', 'LOOP_').replace('data_', 'Data_')],
    ['uncertainties', TEXT.replace('10 0 0', '10.000(12) 0.0(1) 0(3)')],
    ['exponents and signs', TEXT.replace('10 0 0', '+1.0e1 0. .0')],
    [
      'comments anywhere',
      TEXT.replace('_atom_site.id', '# x\n_atom_site.id # loop_').replace('10 0', '10 # 7\n0'),
    ],
    ['quotes', TEXT.replaceAll('GLY', "'GLY'").replaceAll(' CA ', ' "CA" ')],
    ['a quote inside quotes', TEXT.replaceAll(' CA ', " 'C'A' ")],
    ['rows broken over lines', TEXT.replaceAll(' GLY ', '\nGLY\n\n')],
    ['long lines', TEXT.replaceAll(' GLY ', `${' '.repeat(5000)}GLY\t`)],
    ['text fields in a row', TEXT.replaceAll(' GLY ', '\n;GLY\n;\n')],
    ['DOS line ends', TEXT.replaceAll('\n', '\r\n')],
    ['old Mac line ends', TEXT.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${TEXT}`],
    ['long comments first', `#\\#CIF_1.1\n${'# a comment\n'.repeat(1000)}${TEXT}`],
    ['a save frame before the atoms', TEXT.replace('loop_', `save_f\n${HEAD}${ROWS}save_\nloop_`)],
    ['a text field with a table in it', TEXT.replace('loop_', `_x.y\n;\n${HEAD}${ROWS}\n;\nloop_`)],
    ['an item without its value', TEXT.replace('loop_', '_x.y\nloop_')],
    ['values that read like keywords', TEXT.replace('loop_', "_x.y 'loop_'\n_x.z loop_x\nloop_")],
  ];
  it.each(same)('%s', (_, text) => {
    expect(positions(text)).toEqual([0, 0, 0, 10, 0, 0]);
    expect(Array.from(read(text).atoms.elements)).toEqual([6, 6]);
  });

  it('a category of one row without a loop', () => {
    const values = 'ATOM 1 C CA . GLY A 1 2 3 1 1'.split(' ');
    const items = ITEMS.split(' ').map((item, i) => `_atom_site.${item} ${values[i]}\n`);
    expect(positions(`data_x\n${items.join('')}`)).toEqual([1, 2, 3]);
  });

  it('values that are unknown or do not apply', () => {
    const text = TEXT.replace(/_atom_site.label_asym_id/, '$&\n_atom_site.auth_asym_id')
      .replace('GLY A 0', 'GLY ? B 0')
      .replace('GLY A 10', 'GLY . ? 10');
    expect(read(text).chains).toEqual(['B', '']);
    expect(() => read(TEXT.replace('10 0 0', '? 0 0'))).toThrow(/line 16 has no three coordinates/);
  });

  it('folded lines in a text field', () => {
    const structure = read(TEXT + OPERATORS + assembly('\n;\\\n1,\\\n2\n;\n'));
    expect(assemble(structure, '1').atoms.count).toBe(4);
  });

  it('refuses what has no end', () => {
    expect(() => read(`${TEXT}_x.y\n;never\nclosed\n`)).toThrow(
      /text field has no end \(line 19\)/,
    );
    expect(() => read(`${TEXT}_x.y 'never\n`)).toThrow(/quotation mark is not closed \(line 18\)/);
    expect(() => read(`${TEXT.slice(0, -6)}`)).toThrow(
      /the atom table ends within a row \(line 16\)/,
    );
  });
});

describe('atoms of mmCIF', () => {
  it('charged, unknown and missing elements', () => {
    const elements = (symbol: string) =>
      Array.from(read(TEXT.replace('1 C', `1 ${symbol}`)).atoms.elements);
    expect(['ZN2+', 'Zn+2', 'U', 'O1-', 'Cl-'].map((s) => elements(s)[0])).toEqual([
      30, 30, 92, 8, 17,
    ]);
    expect(elements('?')).toEqual([6, 6]);
    expect(elements('H')).toEqual([6]);
    expect(read(TEXT.replace('1 C CA', '1 Qq Qq')).findings[0]?.message).toMatch(
      /unknown element \("Qq"\)/,
    );
  });

  it('of one data block only, and the others are said', () => {
    const structure = read(`data_meta\n_x.y 1\n${TEXT}${TEXT.replace('data_x', 'data_y')}`);
    expect(structure.atoms.count).toBe(2);
    expect(structure.findings[0]?.message).toBe('2 data blocks hold atoms (x, y); only x is read');
  });

  it('take their assemblies from their own block', () => {
    const other = `data_other\n${OPERATORS}${assembly('1', 'Z')}`;
    expect(read(other + TEXT).assemblies).toEqual([]);
  });

  it.each([
    ['_atom_site_label', 'a small-molecule CIF'],
    ['_refln.index_h', 'a file of structure factors'],
    ['_chem_comp.id', 'a dictionary of chemical components'],
    ['_rlnImageName', 'a STAR file of RELION'],
  ])('are missing where %s stands', (tag, what) => {
    expect(() => read(`data_x\nloop_\n${tag}\n1\n`)).toThrow(
      new RegExp(`x\\.cif: holds no atoms; this looks like ${what}`),
    );
  });
});

describe('assemblies of mmCIF', () => {
  const of = (expression: string, chains?: string) =>
    assemble(read(TEXT + OPERATORS + assembly(expression, chains)), '1').atoms.count;

  it('copy atoms', () => {
    expect([of('1'), of('1,2'), of("'(1-2)(1,2)'")]).toEqual([2, 4, 8]);
    expect(
      assemble(read(TEXT.replaceAll(' A ', ' AB ') + OPERATORS + assembly('1', 'AB')), '1').atoms
        .count,
    ).toBe(2);
    expect(
      assemble(read(TEXT.replaceAll(' A ', ' . ') + OPERATORS + assembly('1', 'NULL')), '1').atoms
        .count,
    ).toBe(2);
  });

  it('refuse operators and chains that are not there', () => {
    expect(() => of('1,3')).toThrow(/x\.cif: operator 3 of the assembly is not in the file/);
    expect(() => of('?')).toThrow(/operators "" name none/);
    expect(() => of('1', 'B,C')).toThrow(
      /assembly 1 is made of chains B, C, which the file does not/,
    );
  });

  it('state their limit before anything is expanded', () => {
    const started = performance.now();
    for (const expression of [
      "'(1-1000000000)'",
      "'(1-300)(1-300)(1-300)'",
      `1-${'9'.repeat(400)}`,
      `'${'(1-2)'.repeat(2000)}'`,
    ]) {
      expect(() => of(expression)).toThrow(/operators; accepted: up to 20000 operators/);
    }
    expect(performance.now() - started).toBeLessThan(1000);
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    const listed = new Map(Array.from({ length: 200 }, (_, i) => [String(i + 1), identity]));
    expect(expandOperators('(1-200)(1-100)', listed, 'x')).toHaveLength(MOST_OPERATORS);
  });

  it('have a limit of atoms', () => {
    const identity = '1 0 0 0 0 1 0 0 0 0 1 0\n';
    const operators =
      OPERATORS + Array.from({ length: 198 }, (_, i) => `${i + 3} ${identity}`).join('');
    const rows = ROWS.repeat(700);
    const text = `data_x\n${HEAD}${rows}${operators}${assembly("'(1-200)(1-100)'")}`;
    expect(() => assemble(read(text), '1')).toThrow(
      /has 28000000 atoms; accepted: .* 25000000 atoms/,
    );
  });
});
