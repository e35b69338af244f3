import { badFile } from '../errors.ts';
import { AtomBuilder } from './builder.ts';
import { type CifTable, type CifVisitor, readCif } from './cif.ts';
import { expandOperators } from './operators.ts';
import { BACKBONE } from './ribbon.ts';
import type {
  Assembly,
  AssemblyRule,
  Operator,
  SecondaryRange,
  Structure,
  StructureOptions,
} from './types.ts';

const ACCEPTED = 'an mmCIF file with the _atom_site category';

/** Categories read as tables of strings; atoms are read straight into arrays. */
const TABLES = [
  '_pdbx_struct_assembly_gen',
  '_pdbx_struct_oper_list',
  '_struct_conf',
  '_struct_sheet_range',
];

/** What a file without `_atom_site` is, by the beginning of one of its categories. */
const OTHER: readonly (readonly [string, string])[] = [
  ['_atom_site_', 'a small-molecule CIF (core dictionary)'],
  ['_refln', 'a file of structure factors'],
  ['_chem_comp', 'a dictionary of chemical components'],
  ['_rln', 'a STAR file of RELION'],
];

type Row = Readonly<Record<string, string>>;

/**
 * Reads a PDBx/mmCIF file: atoms without hydrogens, the first alternate location of every residue,
 * and the biological assemblies (`pdbx_struct_assembly_gen`, `pdbx_struct_oper_list`). Of several data
 * blocks only the first with atoms is read.
 *
 * @param text with lines ended by \n
 * @param name file name for messages
 * @throws AppError 'bad-file' for a coordinate that is no number, or no atoms at all.
 */
export function readMmcif(text: string, name: string, options: StructureOptions = {}): Structure {
  return readBlocks((visit) => readCif(text, name, visit), 'mmcif', name, options);
}

/** The structure in the data blocks that `read` hands over, whatever their encoding. */
export function readBlocks(
  read: (visit: CifVisitor) => void,
  format: 'mmcif' | 'bcif',
  name: string,
  options: StructureOptions,
): Structure {
  const builder = new AtomBuilder(name, options, () => false);
  const blocks: { id: string; tables: Map<string, Row[]>; atoms: boolean }[] = [];
  let other: string | undefined;
  read((id, table) => {
    let block = blocks.at(-1);
    if (block?.id !== id || block === undefined) {
      block = { id, tables: new Map(), atoms: false };
      blocks.push(block);
    }
    const { category } = table;
    if (category === '_atom_site') {
      const isFirst = !blocks.some(({ atoms }) => atoms);
      if (block.atoms) throw badFile(name, `${table.place()}: a second table of atoms`, ACCEPTED);
      block.atoms = true;
      if (isFirst) readAtoms(table, builder, name);
    } else if (TABLES.includes(category)) {
      const rows = block.tables.get(category) ?? [];
      addRows(table, rows);
      block.tables.set(category, rows);
    }
    other ??= OTHER.find(([start]) => category.startsWith(start))?.[1];
  });
  const held = blocks.filter(({ atoms }) => atoms);
  const [first] = held;
  if (!first)
    throw badFile(name, `holds no atoms${other ? `; this looks like ${other}` : ''}`, ACCEPTED);
  if (held.length > 1) {
    builder.findings.warning(
      'data-blocks',
      `${held.length} data blocks hold atoms (${held
        .slice(0, 5)
        .map(({ id }) => id || '(no name)')
        .join(', ')}${held.length > 5 ? ', ...' : ''}); only ${first.id || 'the first'} is read`,
    );
  }
  const { tables } = first;
  return builder.finish(format, assembliesOf(tables, name), secondaryOf(tables), ACCEPTED);
}

function addRows(table: CifTable, rows: Row[]): void {
  while (table.next()) {
    rows.push(Object.fromEntries(table.columns.map((column, i) => [column, table.cell(i)])));
  }
}

/** A number of CIF, with or without its standard uncertainty: `1.234(5)`. NaN when it is none. */
function cifNumber(text: string): number {
  const bracket = text.indexOf('(');
  const digits =
    bracket > 0 && /^\(\d+\)$/.test(text.slice(bracket)) ? text.slice(0, bracket) : text;
  return digits.trim() === '' ? Number.NaN : Number(digits);
}

function readAtoms(table: CifTable, builder: AtomBuilder, name: string): void {
  const column = (item: string) => table.columns.indexOf(item);
  const columns = (...items: string[]) => items.map(column).filter((found) => found >= 0);
  const [x, y, z] = ['cartn_x', 'cartn_y', 'cartn_z'].map(column) as [number, number, number];
  if (Math.min(x, y, z) < 0) {
    throw badFile(
      name,
      'holds no atoms: its atom table lacks Cartn_x, Cartn_y or Cartn_z',
      ACCEPTED,
    );
  }
  const chains = columns('label_asym_id', 'auth_asym_id');
  const compounds = columns('label_comp_id', 'auth_comp_id');
  const atoms = columns('label_atom_id', 'auth_atom_id');
  const sequences = columns('auth_seq_id', 'label_seq_id');
  const sequence = column('label_seq_id');
  const symbol = column('type_symbol');
  const alternate = column('label_alt_id');
  const insertion = column('pdbx_pdb_ins_code');
  const models = column('pdbx_pdb_model_num');
  if (symbol < 0 && atoms.length === 0) {
    throw badFile(name, 'the atom table lacks type_symbol and label_atom_id', ACCEPTED);
  }
  /** The first of the columns that has a value. */
  const either = (wanted: readonly number[]) => {
    for (const found of wanted) {
      const value = table.cell(found);
      if (value !== '') return value;
    }
    return '';
  };
  let model: string | undefined;
  while (table.next()) {
    const thisModel = table.cell(models);
    if (thisModel !== model) {
      model = thisModel;
      builder.startModel(model);
    }
    if (!builder.wanted) continue;
    const chain = either(chains);
    const element = builder.accept({
      residue: `${chain} ${either(sequences)} ${table.cell(insertion)}`,
      alternate: table.cell(alternate),
      compound: either(compounds),
      atom: either(atoms),
      symbol: table.cell(symbol),
      chain,
      sequence: cifNumber(table.cell(sequence)),
    });
    if (element === 0) continue;
    const [px, py, pz] = [table.cell(x), table.cell(y), table.cell(z)].map(cifNumber);
    if (!builder.add(px, py, pz, element, chain)) {
      throw badFile(name, `${table.place()} has no three coordinates`, ACCEPTED);
    }
  }
}

/** Helices and strands, by chains and residues as the dictionary labels them. */
function secondaryOf(tables: ReadonlyMap<string, readonly Row[]>): SecondaryRange[] {
  const rangesIn = (category: string, kind: SecondaryRange['kind'], wanted: RegExp) =>
    (tables.get(category) ?? []).flatMap((row): SecondaryRange[] => {
      const [from, to] = ['beg', 'end'].map((end) => cifNumber(row[`${end}_label_seq_id`] ?? ''));
      const chain = row.beg_label_asym_id ?? '';
      const fits = wanted.test(row.conf_type_id ?? '') && Number.isInteger(from) && to >= from;
      return fits ? [{ chain, from, to, kind }] : [];
    });
  return [
    ...rangesIn('_struct_conf', BACKBONE.helix, /^HELX/i),
    // Some programs list strands among the helices.
    ...rangesIn('_struct_conf', BACKBONE.strand, /^STRN/i),
    ...rangesIn('_struct_sheet_range', BACKBONE.strand, /(?:)/),
  ];
}

function assembliesOf(tables: ReadonlyMap<string, readonly Row[]>, name: string): Assembly[] {
  const operators = new Map<string, Operator>();
  for (const row of tables.get('_pdbx_struct_oper_list') ?? []) {
    const numbers = [1, 2, 3].flatMap((r) => [
      ...[1, 2, 3].map((c) => cifNumber(row[`matrix[${r}][${c}]`] ?? '')),
      cifNumber(row[`vector[${r}]`] ?? ''),
    ]);
    operators.set(row.id ?? '', numbers);
  }
  const assemblies = new Map<string, AssemblyRule[]>();
  for (const row of tables.get('_pdbx_struct_assembly_gen') ?? []) {
    const id = row.assembly_id || '1';
    const chains = (row.asym_id_list ?? '').split(/[\s,]+/).filter((chain) => chain !== '');
    const rules = assemblies.get(id) ?? [];
    rules.push({
      chains: chains.map((chain) => (chain === 'NULL' ? '' : chain)),
      operators: () => expandOperators(row.oper_expression ?? '', operators, name),
    });
    assemblies.set(id, rules);
  }
  return [...assemblies].map(([id, rules]) => ({ id, rules }));
}
