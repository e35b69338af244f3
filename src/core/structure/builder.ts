import { badFile } from '../errors.ts';
import { Findings } from '../volume/report.ts';
import { atomicNumber } from './elements.ts';
import { atomicNumberOfName, isWater } from './names.ts';
import { BACKBONE } from './ribbon.ts';
import type {
  Assembly,
  SecondaryRange,
  Structure,
  StructureFormat,
  StructureOptions,
} from './types.ts';

/** Å; no molecule lies farther from its origin, so anything beyond is no coordinate. */
const FARTHEST = 1e6;

/** Bounds the index of a chain. */
const MOST_CHAINS = 65536;

/** What is known of one atom before its coordinates are looked at; names without blanks but `atom`. */
export interface AtomRow {
  /** Equal for the atoms of one residue, whatever its name. */
  readonly residue: string;
  /** Alternate location, or '' for none. */
  readonly alternate: string;
  readonly compound: string;
  /** Name of the atom; of a PDB file with its blanks. */
  readonly atom: string;
  /** Element symbol, or '' for none. */
  readonly symbol: string;
  readonly chain: string;
  /** Number of the residue as helices and strands count it; NaN where it has none. */
  readonly sequence: number;
}

/** Whether the models of a file are the copies of an assembly, by its name (RCSB and PDBe). */
function isAssemblyFile(name: string): boolean {
  return /(\.(pdb|ent)\d+|[-_]assembly-?\d+\.(cif|bcif|mmcif))(\.(gz|bz2))?$/i.test(name);
}

/** Residues without a number are in no helix and no strand. */
const NONE = -(2 ** 31);

/** Of an atom by its element and name; helices and strands are known at the end. */
function backboneOf(element: number, name: string): number {
  if (element === 6 && name === 'CA') return BACKBONE.coil;
  return element === 15 && name === 'P' ? BACKBONE.nucleic : BACKBONE.none;
}

/**
 * Growing arrays of atoms; one per file being read. Decides which atoms count: no hydrogens, the first
 * alternate location of every residue, water only when asked for, and the models that are wanted.
 */
export class AtomBuilder {
  readonly findings = new Findings();
  private readonly isAssembly: boolean;
  private readonly allModels: boolean;
  private positions = new Float32Array(3 * 4096);
  private elements = new Uint8Array(4096);
  private chainOf = new Uint16Array(4096);
  private backbone = new Uint8Array(4096);
  private sequence = new Int32Array(4096);
  /** Of the atom that was accepted last. */
  private traced = { kind: BACKBONE.none as number, sequence: Number.NaN };
  private readonly index = new Map<string, number>();
  private readonly unknown = new Map<string, number>();
  private guessed = 0;
  private count = 0;
  private waters = 0;
  private readonly models = new Map<string, number>();
  private model = 0;
  private residue = '';
  private kept = '';

  constructor(
    private readonly name: string,
    private readonly options: StructureOptions,
    /** Whether a file keeps names of atoms in their columns; asked only where symbols are missing. */
    private readonly aligned: () => boolean,
  ) {
    this.isAssembly = isAssemblyFile(name) && options.models !== 'first';
    this.allModels = this.isAssembly || options.models === 'all';
  }

  /** The atoms of a model follow. */
  startModel(id: string): void {
    const index = this.models.get(id) ?? this.models.size;
    this.models.set(id, index);
    this.model = index;
    this.residue = '';
  }

  /** Whether atoms of the model that began last are read. */
  get wanted(): boolean {
    return this.allModels || this.model === 0;
  }

  /** The atomic number of an atom to keep, or 0 for one to leave out. */
  accept(row: AtomRow): number {
    if (row.residue !== this.residue) {
      this.residue = row.residue;
      this.kept = '';
    }
    this.chain(row.chain);
    if (row.alternate !== '' && this.kept === '') this.kept = row.alternate;
    if (row.alternate !== '' && row.alternate !== this.kept) return 0;
    const element = this.elementOf(row);
    if (element === 1) return 0;
    if (isWater(row.compound, row.atom)) {
      if (element === 8) this.waters++;
      if (!this.options.waters || element !== 8) return 0;
    }
    this.traced = { kind: backboneOf(element, row.atom.trim()), sequence: row.sequence };
    if (element > 0) return element;
    const label = row.symbol || row.atom.trim() || '(blank)';
    this.unknown.set(label, (this.unknown.get(label) ?? 0) + 1);
    return 6;
  }

  /** @returns false for coordinates that are none; nothing is added then. */
  add(x: number, y: number, z: number, element: number, chain: string): boolean {
    if (!(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= FARTHEST)) return false;
    if (this.count === this.elements.length) this.grow();
    this.positions[3 * this.count] = x;
    this.positions[3 * this.count + 1] = y;
    this.positions[3 * this.count + 2] = z;
    this.elements[this.count] = element;
    this.chainOf[this.count] = this.chain(chain);
    this.backbone[this.count] = this.traced.kind;
    this.sequence[this.count] = Number.isInteger(this.traced.sequence)
      ? this.traced.sequence
      : NONE;
    this.count++;
    return true;
  }

  /** @throws AppError 'bad-file' when nothing was added. */
  finish(
    format: StructureFormat,
    assemblies: readonly Assembly[],
    secondary: readonly SecondaryRange[],
    accepted: string,
  ): Structure {
    if (this.count === 0) throw badFile(this.name, this.nothing(), accepted);
    this.report(assemblies);
    this.fold(secondary);
    return {
      name: this.name,
      format,
      atoms: {
        count: this.count,
        positions: this.positions.slice(0, 3 * this.count),
        elements: this.elements.slice(0, this.count),
        chains: this.chainOf.slice(0, this.count),
        backbone: this.backbone.slice(0, this.count),
      },
      chains: [...this.index.keys()],
      assemblies,
      models: Math.max(1, this.models.size),
      modelsRead: this.allModels ? Math.max(1, this.models.size) : 1,
      isAssembly: this.isAssembly,
      waters: this.waters,
      findings: this.findings.list,
    };
  }

  /** Marks the C-alpha atoms of helices and strands. */
  private fold(secondary: readonly SecondaryRange[]): void {
    const ranges = new Map<number, SecondaryRange[]>();
    for (const range of secondary) {
      const chain = this.index.get(range.chain);
      if (chain !== undefined) ranges.set(chain, [...(ranges.get(chain) ?? []), range]);
    }
    for (let i = 0; i < this.count; i++) {
      if (this.backbone[i] !== BACKBONE.coil) continue;
      const at = this.sequence[i];
      const found = ranges.get(this.chainOf[i])?.find(({ from, to }) => at >= from && at <= to);
      if (found) this.backbone[i] = found.kind;
    }
  }

  private nothing(): string {
    return this.index.size === 0
      ? 'holds no atoms'
      : 'holds no atoms other than hydrogens and water';
  }

  private report(assemblies: readonly Assembly[]): void {
    const { findings } = this;
    const models = this.models.size;
    if (models > 1 && !this.allModels) {
      findings.warning('models', `model 1 of ${models} is used; --models all takes them together`);
    } else if (models > 1) {
      findings.info('models', `all ${models} models are used together`);
    }
    if (this.isAssembly && assemblies.length > 0) {
      findings.info('assembly-file', 'by its name the file is an assembly already: none is made');
    }
    if (this.guessed > 0) {
      findings.info(
        'elements',
        `${this.guessed} ${this.guessed === 1 ? 'atom has' : 'atoms have'} no element symbol: elements are taken from the names of atoms and residues`,
      );
    }
    if (this.unknown.size > 0) {
      const total = [...this.unknown.values()].reduce((a, b) => a + b, 0);
      const names = [...this.unknown.keys()].slice(0, 5).map((label) => `"${label}"`);
      findings.warning(
        'unknown-element',
        `${total} ${total === 1 ? 'atom' : 'atoms'} of unknown element (${names.join(', ')}${this.unknown.size > 5 ? ', ...' : ''}) ${total === 1 ? 'counts' : 'count'} as carbon`,
      );
    }
  }

  private elementOf({ symbol, atom, compound }: AtomRow): number {
    const given = symbol === '' ? 0 : atomicNumber(symbol);
    if (given > 0) return given;
    const element = atomicNumberOfName(atom, compound, this.aligned());
    if (element > 0) this.guessed++;
    return element;
  }

  private chain(name: string): number {
    let index = this.index.get(name);
    if (index === undefined) {
      index = this.index.size;
      if (index >= MOST_CHAINS) {
        throw badFile(this.name, `more than ${MOST_CHAINS} chains`, `up to ${MOST_CHAINS} chains`);
      }
      this.index.set(name, index);
    }
    return index;
  }

  private grow(): void {
    const size = 2 * this.elements.length;
    const positions = new Float32Array(3 * size);
    positions.set(this.positions);
    this.positions = positions;
    const elements = new Uint8Array(size);
    elements.set(this.elements);
    this.elements = elements;
    const chainOf = new Uint16Array(size);
    chainOf.set(this.chainOf);
    this.chainOf = chainOf;
    const backbone = new Uint8Array(size);
    backbone.set(this.backbone);
    this.backbone = backbone;
    const sequence = new Int32Array(size);
    sequence.set(this.sequence);
    this.sequence = sequence;
  }
}
