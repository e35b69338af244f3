import type { Finding } from '../volume/report.ts';
import type { BACKBONE } from './ribbon.ts';

/** Atoms without hydrogens, as parallel arrays; coordinates in Å. */
export interface Atoms {
  readonly count: number;
  /** `[count, 3]`: x, y, z in Å. */
  readonly positions: Float32Array;
  /** Atomic number of each atom. */
  readonly elements: Uint8Array;
  /** Index into {@link Structure.chains} of each atom. */
  readonly chains: Uint16Array;
  /** A {@link BACKBONE} of each atom: of C-alpha and phosphorus of residues, else none. */
  readonly backbone: Uint8Array;
}

/** Residues of a chain in a helix or a strand, by their numbers in the file. */
export interface SecondaryRange {
  readonly chain: string;
  readonly from: number;
  readonly to: number;
  readonly kind: typeof BACKBONE.helix | typeof BACKBONE.strand;
}

/** `x' = R x + t`: twelve numbers, row-major `[3, 4]`, in Å. */
export type Operator = readonly number[];

/** One rule of a biological assembly: these chains, copied by these operators. */
export interface AssemblyRule {
  /** Chain names, or null for all chains. */
  readonly chains: readonly string[] | null;
  /**
   * The operators, expanded when asked for.
   *
   * @throws AppError 'bad-file' when one is missing, is no rotation, or there are too many.
   */
  operators(): readonly Operator[];
}

export interface Assembly {
  readonly id: string;
  readonly rules: readonly AssemblyRule[];
}

export type StructureFormat = 'pdb' | 'mmcif' | 'bcif';

/** One coordinate file as read. */
export interface Structure {
  readonly name: string;
  readonly format: StructureFormat;
  readonly atoms: Atoms;
  /** Names of all chains in the file; for mmCIF the `label_asym_id`, which assemblies refer to. */
  readonly chains: readonly string[];
  readonly assemblies: readonly Assembly[];
  /** Models in the file. */
  readonly models: number;
  /** Models that are in `atoms`: 1, or all. */
  readonly modelsRead: number;
  /** The models are the copies of an assembly, so none is to be made from `assemblies`. */
  readonly isAssembly: boolean;
  /** Molecules of water in the models read, left out unless asked for. */
  readonly waters: number;
  /** What is unusual and how it was taken. */
  readonly findings: readonly Finding[];
}

export interface StructureOptions {
  /**
   * Which models to read. Default: all of a file whose name says that it holds an assembly
   * (`.pdb1`, `-assembly1.cif`), else the first, since models are mostly an ensemble.
   */
  readonly models?: 'first' | 'all';
  /** Keep ordered water molecules; default false, since they are part of the solvent here. */
  readonly waters?: boolean;
}
