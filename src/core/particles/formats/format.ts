import type { ParticleFormatId, ParticleList } from '../types.ts';

/** A file with others that belong to it, as they were dropped or lie beside it. */
export interface ParticleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Reads a neighbour (`tomograms.star`, the model of a PEET list), null when it is not there. */
  readonly beside?: (
    name: string | RegExp,
  ) => { readonly name: string; readonly bytes: Uint8Array } | null;
}

/** One format of particle lists. */
export interface ParticleFormat {
  readonly label: string;
  /** File endings, with the dot. */
  readonly endings: readonly string[];
  /** Those by which a file can be nothing else: damaged, it is read as this format, which says what it lacks. */
  readonly ownEndings?: readonly string[];
  /** Whether the file is of this format, by its content and, where that says nothing, its name. */
  looksLike(file: Pick<ParticleFile, 'name' | 'bytes'>): boolean;
  /** @throws AppError 'bad-file' */
  read(file: ParticleFile): ParticleList;
  /**
   * The same file with the chosen particles alone (indices in ascending order); all that it says about them and about
   * the rest of the data stays as it is.
   */
  select(file: ParticleFile, chosen: Uint32Array): Uint8Array;
}

export type ParticleFormats = Readonly<Record<ParticleFormatId, ParticleFormat>>;
