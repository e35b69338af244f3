import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badFile, badInput, sentence } from '../src/core/errors.ts';
import {
  type ClassName,
  type EvaluationData,
  inTurn,
  type Labelling,
  matchClasses,
  ofTheVolume,
  type Shard,
  type SourceVolume,
} from '../src/core/evaluation/index.ts';
import type { SampleEntry, Split } from '../src/core/simulate/index.ts';
import type { PrepareOptions } from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { readBytes } from './files.ts';
import { readInput } from './input.ts';

/** `public/`, seen from `cli/` as from the bundles in `build/`. */
const PUBLIC = fileURLToPath(new URL('../public/', import.meta.url));

/** One volume that is still to be read. */
export interface SetVolume {
  readonly id: string;
  readonly class: number | null;
  /** Fitted and normalised for the network; `steps` say what was done. */
  read(): Promise<{ readonly data: Float32Array; readonly steps: readonly string[] }>;
}

/** The volumes to evaluate, in order. */
export interface VolumeSet {
  readonly data: Pick<EvaluationData, 'set' | 'snr' | 'seed' | 'labels'>;
  readonly volumes: readonly SetVolume[];
  /** How the set was understood, one sentence each. */
  readonly notes: readonly string[];
  /** How many volumes to read before they are needed. */
  readonly readAhead: number;
  close(): Promise<void>;
}

/** Which volumes of a set are taken. */
export interface Choice {
  readonly info: ModelInfo;
  readonly prepare: PrepareOptions;
  /** Of each class. */
  readonly perClass?: number;
  readonly limit?: number;
}

/** Reads the volumes of one shard, `readAhead` of them before they are asked for. */
export async function* readShard(
  { volumes, readAhead }: VolumeSet,
  shard: Shard | null,
  onSteps: (id: string, steps: readonly string[]) => void,
): AsyncGenerator<SourceVolume> {
  const orders = [...volumes.keys()].filter(
    (order) => !shard || order % shard.of === shard.index - 1,
  );
  const read = async (order: number): Promise<SourceVolume> => {
    const { id, class: truth, read: open } = volumes[order];
    try {
      const { data, steps } = await open();
      onSteps(id, steps);
      return { order, id, class: truth, input: data };
    } catch (error) {
      if (!ofTheVolume(error)) throw error;
      return { order, id, reason: sentence(error) };
    }
  };
  const reading: Promise<SourceVolume>[] = [];
  for (let next = 0; ; ) {
    while (reading.length < readAhead && next < orders.length) {
      const volume = read(orders[next++]);
      volume.catch(() => undefined); // thrown when its turn comes
      reading.push(volume);
    }
    const first = reading.shift();
    if (!first) return;
    yield await first;
  }
}

/** Files with the class they are filed under; null where that is not known. */
interface Listing {
  readonly classes: readonly ClassName[];
  readonly files: readonly { readonly file: string; readonly class: number | null }[];
  readonly snr: number | 'inf' | null;
  readonly notes: readonly string[];
}

/**
 * The volumes of a folder. Their classes come from `index.json`, as `simulate` writes it or as the
 * gallery has it, or from the names of the sub-folders; files in the folder itself have none.
 *
 * @throws AppError 'bad-file' when there is no such folder or its index cannot be used, 'bad-input' when
 * it holds no volume.
 */
export async function folderSet(
  folder: string,
  choice: Choice,
  split: Split | 'all',
): Promise<VolumeSet> {
  await mustBeFolder(folder);
  const path = join(folder, 'index.json');
  const index = (await readdir(folder)).includes('index.json')
    ? indexListing(await readJson(path), path, split)
    : undefined;
  if (!index && split !== 'all') {
    throw badInput(`--split ${split}: ${folder} has no index.json; accepted: a folder with one`);
  }
  const listing = index ?? (await plainListing(folder, choice.info.inputShape.length === 3));
  if (listing.files.length === 0) {
    const where = split === 'all' ? folder : `the ${split} part of ${folder}`;
    throw badInput(
      `${where} holds no volume; accepted: .mrc .map .ccp4 .rec .mrcs .npy files, also as .gz or .bz2, in it or in one folder for each class`,
    );
  }
  return listedSet(folder.replace(/(?<=.)\/+$/, ''), folder, listing, choice);
}

/** The gallery of the app; `snr` null takes its volumes at every SNR. */
export async function bundledSet(choice: Choice, snr: number | 'inf' | null): Promise<VolumeSet> {
  const path = join(PUBLIC, 'samples', 'index.json');
  const samples = (await readJson(path)) as readonly SampleEntry[];
  const wanted = samples.filter((sample) => snr === null || sample.snr === snr);
  if (wanted.length === 0) {
    const known = [...new Set(samples.map((sample) => sample.snr))].join(', ');
    throw badInput(`There is no bundled volume at SNR ${snr}; accepted: --snr ${known}, or all`);
  }
  return listedSet('bundled', PUBLIC, { ...galleryListing(wanted, ''), snr }, choice);
}

function listedSet(name: string, folder: string, listing: Listing, choice: Choice): VolumeSet {
  const { info, prepare, perClass, limit } = choice;
  const labelling = matchClasses(info.classes, listing.classes, info.sidecar.classes !== undefined);
  const groups = new Map<number | null, SetVolume[]>();
  for (const { file, class: group } of listing.files) {
    const volume: SetVolume = {
      id: file,
      class: group === null ? null : labelling.index[group],
      read: () => readInput(join(folder, file), info.inputShape, info.sidecar, prepare),
    };
    const members = groups.get(group);
    if (members) members.push(volume);
    else groups.set(group, [volume]);
  }
  const chosen = [...groups.values()].map((members) => members.slice(0, perClass));
  return {
    data: { set: name, snr: listing.snr, seed: null, labels: labelling.by },
    volumes: inTurn(chosen).slice(0, limit),
    notes: [...listing.notes, ...labelNotes(listing.classes, labelling)],
    readAhead: 2,
    close: async () => undefined,
  };
}

/** Says where the classes of the set and of the network were not told by their names. */
export function labelNotes(classes: readonly ClassName[], { index, by }: Labelling): string[] {
  if (classes.length === 0) return ['The classes of the volumes are not known.'];
  if (by === 'position') {
    return ['Class names of the set and of the network differ; taken by their position.'];
  }
  const unknown = classes.filter((_, i) => index[i] === null).map(({ id, name }) => id ?? name);
  if (unknown.length === 0) return [];
  const which = by === 'none' ? 'none of the classes' : `not the classes ${unknown.join(', ')}`;
  return [`The network knows ${which}; their volumes count as unlabelled.`];
}

async function mustBeFolder(folder: string): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory()) return;
  const problem = info ? 'this is a file' : 'there is no such folder';
  throw badFile(folder, problem, '--data with a folder of volumes, bundled or simulated');
}

async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badFile(path, `this is not valid JSON (${sentence(error)})`, INDEX);
  }
}

const INDEX = 'an index as simulate writes it, or a folder without index.json';

/** Reads what `simulate` writes, or the list of a gallery. */
function indexListing(index: unknown, path: string, split: Split | 'all'): Listing {
  if (Array.isArray(index) && index.every(isSample)) return galleryListing(index, '../');
  const { format, classes, items, spec } = asRecord(index);
  if (format !== 'respond-cam-dataset' || !Array.isArray(classes) || !Array.isArray(items)) {
    throw badFile(path, 'this is not the index of a set of volumes', INDEX);
  }
  const snr = asRecord(spec).snr;
  return {
    classes: classes.map((entry) => className(asRecord(entry))),
    files: items.flatMap((item: unknown, i) => {
      const { file, class: group, split: part } = asRecord(item);
      if (typeof file !== 'string') {
        throw badFile(path, `item ${i} names no file`, INDEX);
      }
      const known = Number.isInteger(group) && typeof classes[group as number] === 'object';
      const wanted = split === 'all' || part === split;
      return wanted ? [{ file, class: known ? (group as number) : null }] : [];
    }),
    snr: typeof snr === 'number' || snr === 'inf' ? snr : null,
    notes: [],
  };
}

/** @param up from the folder of the volumes to that of the paths in the list */
function galleryListing(samples: readonly SampleEntry[], up: string): Listing {
  const ids = [...new Set(samples.map(({ classId }) => classId))];
  return {
    classes: ids.map((id) => ({
      id,
      name: samples.find(({ classId }) => classId === id)?.className,
    })),
    files: samples.map(({ path, classId }) => ({
      file: `${up}${path}`,
      class: ids.indexOf(classId),
    })),
    snr: null,
    notes: [],
  };
}

function isSample(entry: unknown): entry is SampleEntry {
  const { path, classId } = asRecord(entry);
  return typeof path === 'string' && typeof classId === 'string';
}

function className({ id, name }: Readonly<Record<string, unknown>>): ClassName {
  return {
    id: typeof id === 'string' ? id : undefined,
    name: typeof name === 'string' ? name : undefined,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const VOLUME = /\.(mrc|mrcs|map|ccp4|rec|st|ali|npy)(\.(gz|bz2))?$/i;
const PICTURE = /\.(png|jpe?g)$/i;

/** Every volume below the folder; the first part of its path is its class. */
async function plainListing(folder: string, pictures: boolean): Promise<Listing> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort((a, b) => COLLATOR.compare(a, b));
  const files = paths.filter((path) => VOLUME.test(path) || (pictures && PICTURE.test(path)));
  const folders = [...new Set(files.filter((f) => f.includes('/')).map((f) => f.split('/')[0]))];
  const others = paths.length - files.length;
  return {
    classes: folders.map((name) => ({ name })),
    files: files.map((file) => ({
      file,
      class: file.includes('/') ? folders.indexOf(file.split('/')[0]) : null,
    })),
    snr: null,
    notes: others > 0 ? [`${others} files of other kinds in ${folder} were left alone.`] : [],
  };
}

/** "10" after "9", and the same order on every machine. */
const COLLATOR = new Intl.Collator('en', { numeric: true });
