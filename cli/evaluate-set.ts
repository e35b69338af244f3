import { join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  eachVolume,
  folderListing,
  galleryListing,
  type Listing,
  listedSet,
  parseIndex,
  type SetChoice,
  type VolumeSet,
} from '../src/core/evaluation/index.ts';
import { validate } from '../src/core/schema/index.ts';
import { type Split, sampleList } from '../src/core/simulate/index.ts';
import {
  ACCEPTED_VOLUMES,
  type OpenOptions,
  type PrepareOptions,
  usualScaling,
} from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { BUNDLED } from './bundled.ts';
import { readBytes } from './files.ts';
import { filesIn, listingOf, mustBeFolder } from './folder-listing.ts';
import { countInputs, givenShape } from './input-parts.ts';
import { readInput } from './input.ts';
import { filesFingerprint } from './set-fingerprint.ts';

/** A set of volumes and what it holds open. */
export interface OpenSet extends VolumeSet {
  /** SHA-256 of what the set consists of, to recognise shards of another one. */
  readonly fingerprint: string;
  close(): Promise<void>;
}

/** Which volumes of a set are taken, and for which network they are made ready. */
export interface Choice extends Pick<SetChoice, 'limit' | 'perClass'> {
  readonly info: ModelInfo;
  readonly prepare: PrepareOptions;
  /** How the files are meant, whatever they say themselves. */
  readonly reading: OpenOptions;
}

export function setChoice({ info, perClass, limit }: Choice): SetChoice {
  return { classes: info.classes, named: info.sidecar.classes !== undefined, perClass, limit };
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
): Promise<OpenSet> {
  await mustBeFolder(folder, ACCEPTED_SETS);
  const listing = await listingOf(folder, split, choice.info.inputShape.length === 3);
  if (listing.files.length === 0) {
    const where = split === 'all' ? folder : `the ${split} part of ${folder}`;
    throw badInput(
      `${where} holds no volume; accepted: ${ACCEPTED_VOLUMES}, in it or in one folder for each class`,
    );
  }
  const { info, reading } = choice;
  const files = await eachVolume(listing.files, (file) =>
    countInputs(join(folder, file), info.inputShape, reading),
  );
  return filesSet(folder.replace(/(?<=.)\/+$/, ''), folder, { ...listing, files }, choice);
}

const ACCEPTED_SETS = '--data with a folder of volumes, bundled or simulated';

/** Edge of the volumes of the gallery and of the simulator, voxels. */
const EDGE = 40;

/** Sizes of the set's first volume, which a network that leaves its own open takes; undefined where there is none. */
export async function sizesOfSet(
  data: string,
  reading: Choice['reading'],
): Promise<readonly number[] | undefined> {
  if (data === 'bundled' || data === 'simulated') return [EDGE, EDGE, EDGE];
  await mustBeFolder(data, ACCEPTED_SETS);
  const [first] = folderListing(await filesIn(data), data, true).files;
  return first && givenShape(join(data, first.file), reading);
}

/** The gallery of the app; `snr` null takes its volumes at every SNR. */
export async function bundledSet(choice: Choice, snr: number | 'inf' | null): Promise<OpenSet> {
  const index = join(BUNDLED, 'samples', 'index.json');
  const samples = validate(sampleList, parseIndex(await readBytes(index), index), index);
  const wanted = samples.filter((sample) => snr === null || sample.snr === snr);
  if (wanted.length === 0) {
    const known = [...new Set(samples.map((sample) => sample.snr))].join(', ');
    throw badInput(`There is no bundled volume at SNR ${snr}; accepted: --snr ${known}, or all`);
  }
  return filesSet('bundled', BUNDLED, { ...galleryListing(wanted, ''), snr }, choice);
}

function filesSet(name: string, folder: string, listing: Listing, choice: Choice): OpenSet {
  const { info, prepare, reading } = choice;
  const read = (file: string, volume: number) =>
    readInput(join(folder, file), info.inputShape, info.sidecar, {
      ...prepare,
      ...reading,
      scaling: usualScaling(info),
      volume,
    });
  const set = listedSet(name, listing, setChoice(choice), read);
  const fingerprint = filesFingerprint(folder, set.volumes);
  return { ...set, fingerprint, close: async () => undefined };
}
