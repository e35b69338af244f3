import { basename } from 'node:path';
import { AppError, badFile, badInput, sentence } from '../src/core/errors.ts';
import type { Template } from '../src/core/simulate/index.ts';
import {
  type Atoms,
  assemble,
  atomsToDensity,
  type DensityOptions,
  mapToDensity,
  massOf,
  measureAtoms,
  openStructure,
  type Structure,
  type StructureOptions,
} from '../src/core/structure/index.ts';
import {
  type Finding,
  floatVolume,
  type OpenedVolume,
  type VolumeReport,
  volumeStem,
} from '../src/core/volume/index.ts';
import { readBytes } from './files.ts';

export interface StructureChoice extends DensityOptions {
  /** Assembly id, `none` for the atoms as deposited; default the first assembly of the file. */
  readonly assembly?: string;
  /** Default: all models of a file that is an assembly by its name, else the first. */
  readonly models?: StructureOptions['models'];
  /** Map units: density below is solvent. Default two standard deviations above the mean. */
  readonly threshold?: number;
  /** Å, instead of what the file of a map says. */
  readonly mapVoxelSize?: number;
}

/** Flags that mean something to one kind of structure only. */
const FLAGS_OF: Readonly<
  Record<'atoms' | 'map', readonly (readonly [flag: string, key: keyof StructureChoice])[]>
> = {
  atoms: [
    ['assembly', 'assembly'],
    ['models', 'models'],
  ],
  map: [
    ['threshold', 'threshold'],
    ['map-voxel-size', 'mapVoxelSize'],
  ],
};

/** What a structure file holds and what was taken of it; a part of the JSON document of `simulate`. */
export type StructureReport = AtomsReport | MapReport;

interface AtomsReport {
  readonly file: string;
  readonly format: Structure['format'];
  /** Without hydrogens, water and further alternate locations; operators applied. */
  readonly atoms: number;
  readonly chains: number;
  readonly models: { readonly inFile: number; readonly used: number };
  /** Molecules of water left out. */
  readonly waters: number;
  /** Id of the assembly, or `none`. */
  readonly assembly: string;
  readonly operators: number;
  readonly electrons: number;
  /** Of the atoms counted, so without hydrogens. */
  readonly massKDa: number;
  readonly findings: readonly Finding[];
}

interface MapReport {
  readonly file: string;
  readonly format: VolumeReport['format'];
  readonly shape: readonly number[];
  /** Å along x, y, z. */
  readonly voxelSize: readonly number[];
  readonly threshold: number;
  readonly findings: readonly Finding[];
}

export interface StructureTemplate {
  readonly template: Template;
  readonly report: StructureReport;
}

/**
 * A template from a user's own PDB or mmCIF file, a density map, all also compressed and recognised by
 * their content, or a PDB id, which is fetched from files.rcsb.org.
 *
 * @throws AppError 'bad-file' or 'bad-input' naming the file and what is wrong.
 */
export async function templateFrom(
  source: string,
  choice: StructureChoice,
): Promise<StructureTemplate> {
  const isId = /^[1-9][A-Za-z0-9]{3}$/.test(source);
  const bytes = isId ? await fetchEntry(source) : await readBytes(source);
  const id = volumeStem(basename(source)).replace(/(\.(pdb\d*|ent|cif|mmcif|bcif))+$/i, '');
  const { models, mapVoxelSize } = choice;
  const opened = openStructure(bytes, source, { models, mapVoxelSize });
  const idle = FLAGS_OF[opened.kind === 'map' ? 'atoms' : 'map'].find(
    ([, key]) => choice[key] !== undefined,
  );
  if (idle) {
    const what = opened.kind === 'map' ? 'a density map' : 'coordinates';
    throw badInput(`${source}: the file holds ${what}; accepted: no --${idle[0]} with it`);
  }
  const { volume, report } =
    opened.kind === 'map'
      ? fromMap(opened.map, source, choice)
      : fromAtoms(opened.structure, choice);
  return { template: { id, name: basename(source), volume }, report };
}

function fromAtoms(structure: Structure, choice: StructureChoice) {
  const { name, format, models, modelsRead, waters, isAssembly } = structure;
  const first = isAssembly ? undefined : structure.assemblies[0]?.id;
  const assembly = choice.assembly ?? first ?? 'none';
  const made =
    assembly === 'none'
      ? { atoms: structure.atoms, operators: 1, findings: [] }
      : assemble(structure, assembly);
  const atoms: Atoms = made.atoms;
  const report: AtomsReport = {
    file: name,
    format,
    atoms: atoms.count,
    chains: new Set(atoms.chains).size,
    models: { inFile: models, used: modelsRead },
    waters,
    assembly,
    operators: made.operators,
    electrons: measureAtoms(atoms).electrons,
    massKDa: Number(massOf(atoms).toPrecision(6)),
    findings: [...structure.findings, ...made.findings],
  };
  return { volume: atomsToDensity(atoms, choice), report };
}

function fromMap({ volume, stats, report }: OpenedVolume, file: string, choice: StructureChoice) {
  if (report.kind === 'image' || report.kind === 'image-stack') {
    throw badFile(file, 'holds images, not a density map', 'volumes; coordinates as PDB or mmCIF');
  }
  if (!report.voxelSizeKnown) {
    throw badInput(
      `${file}: the file does not say the voxel size of the map; accepted: --map-voxel-size with the edge of its voxels in Å`,
    );
  }
  const threshold = choice.threshold ?? stats.mean + 2 * stats.std;
  const findings = [...report.findings];
  if (report.volumes > 1) {
    const message = `volume 1 of ${report.volumes} is used`;
    findings.push({ code: 'volumes', severity: 'warning', message });
  }
  const map: MapReport = {
    file,
    format: report.format,
    shape: volume.shape,
    voxelSize: volume.voxelSize,
    threshold,
    findings,
  };
  return { volume: mapToDensity(floatVolume(volume), { ...choice, threshold }), report: map };
}

/** What was read, in a line for the terminal. */
export function structureLine(report: StructureReport): string {
  if (!('atoms' in report)) {
    const [nz, ny, nx] = report.shape;
    const size = report.voxelSize.map((h) => Number(h.toFixed(3)));
    const voxel = size.every((h) => h === size[0]) ? size[0] : size.join(' x ');
    return `${report.file}: density map of ${nx} x ${ny} x ${nz} voxels of ${voxel} Å, solvent below ${Number(report.threshold.toPrecision(4))}`;
  }
  const { models, assembly, operators } = report;
  const of = models.inFile === models.used ? '' : ` of ${models.inFile}`;
  const copies =
    assembly === 'none' ? 'no assembly' : `assembly ${assembly} (${count(operators, 'operator')})`;
  return (
    `${report.file}: ${count(report.atoms, 'atom')} in ${count(report.chains, 'chain')}, ` +
    `${models.used}${of} ${models.inFile === 1 ? 'model' : 'models'}, ${copies}, ` +
    `${count(report.waters, 'water')} left out, ${Number(report.massKDa.toPrecision(4))} kDa without hydrogens`
  );
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
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
