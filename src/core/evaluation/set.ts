import { sentence } from '../errors.ts';
import { type ClassName, inTurn, type Labelling, matchClasses } from './labels.ts';
import type { Finding } from '../volume/report.ts';
import type { Listing } from './listing.ts';
import { ofTheVolume } from './run.ts';
import { isInShard } from './shard.ts';
import type { EvaluationData, Shard, SourceVolume } from './types.ts';

/** A volume as the network takes it. */
export interface ReadyVolume {
  readonly data: Float32Array;
  /** What was done to it, one sentence each. */
  readonly steps: readonly string[];
  /** What is unusual about its file; none where it comes from no file. */
  readonly findings?: readonly Finding[];
}

/** One volume that is still to be read. */
export interface SetVolume {
  readonly id: string;
  readonly class: number | null;
  /** Fitted and normalised for the network. */
  read(): Promise<ReadyVolume>;
}

/** The volumes to evaluate, in order. */
export interface VolumeSet {
  readonly data: Pick<EvaluationData, 'set' | 'snr' | 'seed' | 'labels'>;
  readonly volumes: readonly SetVolume[];
  /** How the set was understood, one sentence each. */
  readonly notes: readonly string[];
  /** How many volumes to read before they are needed. */
  readonly readAhead: number;
}

/** Which volumes of a set are taken, and for which network. */
export interface SetChoice {
  /** Names of the network's classes, and whether they are its own. */
  readonly classes: readonly string[];
  readonly named: boolean;
  /** Of each class. */
  readonly perClass?: number;
  readonly limit?: number;
}

/** The volumes of a list of files, class by class in turn; `read` opens and prepares one. */
export function listedSet(
  name: string,
  listing: Listing,
  { classes, named, perClass, limit }: SetChoice,
  read: (file: string, volume: number) => Promise<ReadyVolume>,
): VolumeSet {
  const labelling = matchClasses(classes, listing.classes, named);
  const groups = new Map<number | null, SetVolume[]>();
  for (const { file, class: group, volume: index } of listing.files) {
    const volume: SetVolume = {
      id: index === undefined ? file : `${file}#${index + 1}`,
      class: group === null ? null : labelling.index[group],
      read: () => read(file, index ?? 0),
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
  };
}

/** Says where the classes of the set and of the network were not known by their names. */
export function labelNotes(classes: readonly ClassName[], { index, by }: Labelling): string[] {
  if (classes.length === 0) return ['The classes of the volumes are not known.'];
  if (by === 'position') {
    return ['Class names of the set and of the network differ; taken by their position.'];
  }
  if (by === 'none') {
    return ['The network knows none of the classes; the volumes count as unlabelled.'];
  }
  const unknown = unknownClasses(classes, index);
  return unknown.length === 0
    ? []
    : [`The network does not know ${unknown.join(', ')}; these volumes count as unlabelled.`];
}

/** Ids, or names without one, of the classes of a set that a network does not have. */
export function unknownClasses(classes: readonly ClassName[], index: Labelling['index']): string[] {
  return classes.filter((_, i) => index[i] === null).map(({ id, name }) => id ?? name ?? '');
}

/** Reads the volumes of one shard, `readAhead` of them before they are asked for. */
export async function* readShard(
  { volumes, readAhead }: Pick<VolumeSet, 'volumes' | 'readAhead'>,
  shard: Shard | null,
  onRead: (id: string, volume: ReadyVolume) => void,
): AsyncGenerator<SourceVolume> {
  const orders = [...volumes.keys()].filter((order) => isInShard(shard, order));
  const read = async (order: number): Promise<SourceVolume> => {
    const { id, class: truth, read: open } = volumes[order];
    try {
      const volume = await open();
      onRead(id, volume);
      return { order, id, class: truth, input: volume.data };
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
