/** Atoms without hydrogens, as parallel arrays; coordinates in Å. */
export interface Atoms {
  readonly count: number;
  /** `[count, 3]`: x, y, z in Å. */
  readonly positions: Float32Array;
  /** Atomic number of each atom. */
  readonly elements: Uint8Array;
  /** Index into {@link Structure.chains} of each atom. */
  readonly chains: Uint16Array;
}

/** `x' = R x + t`: twelve numbers, row-major `[3, 4]`, in Å. */
export type Operator = readonly number[];

/** One rule of a biological assembly: these chains, copied by these operators. */
export interface AssemblyRule {
  /** Chain names, or null for all chains. */
  readonly chains: readonly string[] | null;
  readonly operators: readonly Operator[];
}

export interface Assembly {
  readonly id: string;
  readonly rules: readonly AssemblyRule[];
}

/** One coordinate file as read. */
export interface Structure {
  readonly name: string;
  readonly format: 'pdb' | 'mmcif';
  readonly atoms: Atoms;
  /** Chain names; for mmCIF the `label_asym_id`, which assemblies refer to. */
  readonly chains: readonly string[];
  readonly assemblies: readonly Assembly[];
  /** Models in the file; only those asked for are in `atoms`. */
  readonly models: number;
}

export interface StructureOptions {
  /** Which models to read: the first (default; NMR ensembles) or all (assemblies stored as models). */
  readonly models?: 'first' | 'all';
  /** Keep ordered water molecules; default false, since they are part of the solvent here. */
  readonly waters?: boolean;
}
