import { decode } from '@msgpack/msgpack';
import { AppError, badFile, sentence } from '../errors.ts';
import { type Column, decodeColumn } from './bcif-columns.ts';
import type { CifTable, CifVisitor } from './cif.ts';
import { readBlocks } from './mmcif.ts';
import type { Structure, StructureOptions } from './types.ts';

const ACCEPTED = 'BinaryCIF 0.3 with the _atom_site category';

/** Elements of one list (blocks, categories, columns, encodings), so that a length costs no memory. */
const LONGEST_LIST = 4096;

/**
 * Reads a BinaryCIF file (MessagePack with columns encoded by type; Sehnal et al. 2020,
 * doi:10.1371/journal.pcbi.1008247) as {@link readMmcif} reads text.
 *
 * @throws AppError 'bad-file' for damaged data, a coordinate that is no number, or no atoms at all.
 */
export function readBcif(
  bytes: Uint8Array,
  name: string,
  options: StructureOptions = {},
): Structure {
  return readBlocks((visit) => readTables(bytes, name, visit), 'bcif', name, options);
}

function readTables(bytes: Uint8Array, name: string, visit: CifVisitor): void {
  const damaged = (problem: string) => badFile(name, `damaged BinaryCIF (${problem})`, ACCEPTED);
  try {
    const file = decode(bytes, {
      maxArrayLength: LONGEST_LIST,
      maxMapLength: LONGEST_LIST,
      maxExtLength: 0,
      maxBinLength: bytes.length,
      maxStrLength: bytes.length,
    });
    for (const block of list(file, 'dataBlocks')) {
      const header = String(field(block, 'header'));
      for (const category of list(block, 'categories')) visit(header, tableOf(category));
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(sentence(error));
  }
}

function field(value: unknown, key: string): unknown {
  if (typeof value === 'object' && value !== null && key in value) {
    return (value as Record<string, unknown>)[key];
  }
  throw new Error(`${key} is missing`);
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  if (!Array.isArray(found)) throw new Error(`${key} is no list`);
  return found;
}

/** A category; columns are decoded when a cell of them is asked for. */
function tableOf(category: unknown): CifTable {
  const columns = list(category, 'columns');
  const rows = Number(field(category, 'rowCount'));
  const decoded: (Column | undefined)[] = [];
  let row = -1;
  return {
    category: String(field(category, 'name')).toLowerCase(),
    columns: columns.map((column) => String(field(column, 'name')).toLowerCase()),
    next: () => ++row < rows,
    cell(column) {
      if (column < 0) return '';
      decoded[column] ??= decodeColumn(columns[column], rows);
      return (decoded[column] as Column)(row);
    },
    place: () => `row ${row + 1} of the atom table`,
  };
}
