import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AppError, badFile, badInput, sentence } from '../src/core/errors.ts';
import type { Template } from '../src/core/simulate/index.ts';
import {
  assemble,
  atomsToDensity,
  type DensityOptions,
  mapToDensity,
  readStructure,
} from '../src/core/structure/index.ts';
import { floatVolume, openVolume } from '../src/core/volume/index.ts';
import { readBytes } from './files.ts';

export interface StructureChoice extends DensityOptions {
  /** Assembly id, `none` for the atoms as deposited; default the first assembly of the file. */
  readonly assembly?: string;
  /** Map units: density below is solvent. Default two standard deviations above the mean. */
  readonly threshold?: number;
}

/**
 * A template from a user's own PDB or mmCIF file (also `.gz`), a density map, or a PDB id, which is
 * fetched from files.rcsb.org.
 *
 * @throws AppError 'bad-file' or 'bad-input' naming the file and what is wrong.
 */
export async function templateFrom(source: string, choice: StructureChoice): Promise<Template> {
  const isId = /^[1-9][A-Za-z0-9]{3}$/.test(source);
  const bytes = isId ? await fetchEntry(source) : await readBytes(source);
  const id = basename(source).replace(/(\.(gz|bz2|pdb|ent|cif|mmcif|mrc|map|ccp4|rec))+$/i, '');
  const named = { id, name: basename(source) };
  if (/\.(mrc|map|ccp4|rec|npy)(\.(gz|bz2))?$/i.test(source)) {
    const { volume, stats } = openVolume(bytes, source);
    const threshold = choice.threshold ?? stats.mean + 2 * stats.std;
    return { ...named, volume: mapToDensity(floatVolume(volume), { ...choice, threshold }) };
  }
  const structure = readStructure(new TextDecoder().decode(plain(bytes, source)), source);
  const assembly = choice.assembly ?? structure.assemblies[0]?.id ?? 'none';
  const atoms = assembly === 'none' ? structure.atoms : assemble(structure, assembly);
  return { ...named, volume: atomsToDensity(atoms, choice) };
}

function plain(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw badFile(name, `damaged gzip data (${sentence(error)})`, 'PDB or mmCIF, also as .gz');
  }
}

/** Milliseconds to wait for an entry; the largest have some 100 MB. */
const PATIENCE = 120_000;

async function fetchEntry(id: string): Promise<Uint8Array> {
  const url = `https://files.rcsb.org/download/${id.toUpperCase()}.cif.gz`;
  const accepted = 'accepted: the id of an entry while online, or the path of a file';
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    const answer =
      response.status === 404 ? 'there is no such entry' : `${url} answered ${response.status}`;
    throw badInput(`PDB entry ${id}: ${answer}; ${accepted}`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw badInput(`PDB entry ${id}: ${url} cannot be reached (${sentence(error)}); ${accepted}`);
  }
}
