import { badFile } from '../errors.ts';
import { AtomBuilder, isWater } from './builder.ts';
import { CifTokens } from './cif.ts';
import { atomicNumber } from './elements.ts';
import type { Assembly, AssemblyRule, Operator, Structure, StructureOptions } from './types.ts';

const ACCEPTED = 'an mmCIF file with the _atom_site category';

/** Categories read as tables of strings; atoms are read straight into arrays. */
const TABLES = ['_pdbx_struct_assembly_gen', '_pdbx_struct_oper_list'];

type Row = Readonly<Record<string, string>>;

/**
 * Reads a PDBx/mmCIF file: atoms without hydrogens, the first alternate location of every residue,
 * and the biological assemblies (`pdbx_struct_assembly_gen`, `pdbx_struct_oper_list`).
 *
 * @param name file name for messages
 * @throws AppError 'bad-file' for a coordinate that is no number, or no atoms at all.
 */
export function readMmcif(text: string, name: string, options: StructureOptions = {}): Structure {
  const tokens = new CifTokens(text);
  const builder = new AtomBuilder();
  const tables = new Map<string, Row[]>();
  let models = 1;
  let more = tokens.next();
  while (more) {
    const token = tokens.value();
    if (!tokens.quoted && token.toLowerCase() === 'loop_') {
      const columns: string[] = [];
      while ((more = tokens.next()) && !tokens.quoted && text[tokens.start] === '_') {
        columns.push(tokens.value());
      }
      const category = (columns[0] ?? '').split('.')[0] as string;
      if (category === '_atom_site') {
        const atoms = readAtoms(tokens, columns, builder, name, options);
        models = Math.max(models, atoms.models);
        more = atoms.more;
      } else if (TABLES.includes(category)) {
        const rows: Row[] = [];
        while (more && !tokens.isControl()) {
          const row: Record<string, string> = {};
          for (const column of columns) {
            row[item(column)] = tokens.value();
            more = tokens.next();
          }
          rows.push(row);
        }
        tables.set(category, rows);
      } else {
        while (more && !tokens.isControl()) more = tokens.next();
      }
    } else if (!tokens.quoted && token.startsWith('_')) {
      more = tokens.next();
      const category = token.split('.')[0] as string;
      if (TABLES.includes(category) && more) {
        const [row = {}] = tables.get(category) ?? [];
        tables.set(category, [{ ...row, [item(token)]: tokens.value() }]);
      }
      more = tokens.next();
    } else {
      more = tokens.next();
    }
  }
  return {
    name,
    format: 'mmcif',
    atoms: builder.finish(name, ACCEPTED),
    chains: builder.chains,
    assemblies: assembliesOf(tables),
    models,
  };
}

function item(tag: string): string {
  return tag.slice(tag.indexOf('.') + 1);
}

/** Reads the rows of the atom_site loop; the current token is the first value. */
function readAtoms(
  tokens: CifTokens,
  columns: readonly string[],
  builder: AtomBuilder,
  name: string,
  options: StructureOptions,
): { more: boolean; models: number } {
  const column = (...names: string[]) => {
    for (const wanted of names) {
      const found = columns.indexOf(`_atom_site.${wanted}`);
      if (found >= 0) return found;
    }
    return -1;
  };
  const wanted = {
    x: column('Cartn_x'),
    y: column('Cartn_y'),
    z: column('Cartn_z'),
    element: column('type_symbol'),
    alternate: column('label_alt_id'),
    residue: column('label_comp_id', 'auth_comp_id'),
    chain: column('label_asym_id', 'auth_asym_id'),
    sequence: column('auth_seq_id', 'label_seq_id'),
    insertion: column('pdbx_PDB_ins_code'),
    model: column('pdbx_PDB_model_num'),
  };
  if (wanted.x < 0 || wanted.y < 0 || wanted.z < 0 || wanted.element < 0) {
    throw badFile(name, 'the atom table lacks Cartn_x, Cartn_y, Cartn_z or type_symbol', ACCEPTED);
  }
  const starts = new Int32Array(columns.length);
  const ends = new Int32Array(columns.length);
  const { text } = tokens;
  const cell = (c: number) => (c < 0 ? '' : text.slice(starts[c], ends[c]));
  let residue = '';
  let keptAlternate = '';
  let firstModel: string | undefined;
  let model = '';
  let models = 0;
  let more = true;
  while (more && !tokens.isControl()) {
    for (let c = 0; c < columns.length; c++) {
      if (!more) throw badFile(name, 'the atom table ends within a row', ACCEPTED);
      starts[c] = tokens.start;
      ends[c] = tokens.end;
      more = tokens.next();
    }
    const thisModel = cell(wanted.model);
    if (thisModel !== model || models === 0) {
      model = thisModel;
      models++;
    }
    firstModel ??= model;
    if (model !== firstModel && options.models !== 'all') continue;
    const chain = cell(wanted.chain);
    const compound = cell(wanted.residue);
    // Alternates may differ in their residue's name.
    const where = `${model} ${chain} ${cell(wanted.sequence)} ${cell(wanted.insertion)}`;
    if (where !== residue) {
      residue = where;
      keptAlternate = '';
    }
    const alternate = cell(wanted.alternate);
    const isAlternate = alternate !== '' && alternate !== '.' && alternate !== '?';
    if (isAlternate && keptAlternate === '') keptAlternate = alternate;
    const element = atomicNumber(cell(wanted.element)) || 6;
    if (element === 1 || (isAlternate && alternate !== keptAlternate)) continue;
    if (!options.waters && isWater(compound)) continue;
    const x = Number(cell(wanted.x));
    const y = Number(cell(wanted.y));
    const z = Number(cell(wanted.z));
    if (!Number.isFinite(x + y + z)) {
      throw badFile(name, `atom ${builder.count + 1} has no three coordinates`, ACCEPTED);
    }
    builder.add(x, y, z, element, chain);
  }
  return { more, models };
}

function assembliesOf(tables: ReadonlyMap<string, readonly Row[]>): Assembly[] {
  const operators = new Map<string, Operator>();
  for (const row of tables.get('_pdbx_struct_oper_list') ?? []) {
    const numbers = [1, 2, 3].flatMap((r) => [
      ...[1, 2, 3].map((c) => Number(row[`matrix[${r}][${c}]`])),
      Number(row[`vector[${r}]`]),
    ]);
    if (numbers.every(Number.isFinite)) operators.set(row.id ?? '', numbers);
  }
  const assemblies = new Map<string, AssemblyRule[]>();
  for (const row of tables.get('_pdbx_struct_assembly_gen') ?? []) {
    const id = row.assembly_id ?? '1';
    const chains = (row.asym_id_list ?? '').split(/[\s,]+/).filter((c) => c !== '');
    const rule = { chains, operators: expand(row.oper_expression ?? '', operators) };
    if (rule.operators.length > 0) assemblies.set(id, [...(assemblies.get(id) ?? []), rule]);
  }
  return [...assemblies].map(([id, rules]) => ({ id, rules }));
}

/** Expands `1`, `1,2`, `(1-60)` and products such as `(X0)(1-60)`, of which the last acts first. */
function expand(expression: string, operators: ReadonlyMap<string, Operator>): Operator[] {
  const groups = expression.includes('(')
    ? [...expression.matchAll(/\(([^)]*)\)/g)].map((match) => match[1] as string)
    : [expression];
  let product: Operator[] | null = null;
  for (const group of groups) {
    const members = group
      .split(',')
      .flatMap(range)
      .map((id) => operators.get(id))
      .filter((operator) => operator !== undefined);
    product = product ? product.flatMap((a) => members.map((b) => compose(a, b))) : members;
  }
  return product ?? [];
}

function range(part: string): string[] {
  const ends = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part);
  if (!ends) return [part.trim()];
  const from = Number(ends[1]);
  return Array.from({ length: Number(ends[2]) - from + 1 }, (_, i) => String(from + i));
}

/** `a` after `b`. */
function compose(a: Operator, b: Operator): Operator {
  return Array.from({ length: 12 }, (_, i) => {
    const row = 4 * Math.floor(i / 4);
    const c = i % 4;
    const sum = a[row] * b[c] + a[row + 1] * b[4 + c] + a[row + 2] * b[8 + c];
    return c === 3 ? sum + a[row + 3] : sum;
  });
}
