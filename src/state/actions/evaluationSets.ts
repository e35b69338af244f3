import { AppError, badFile, badInput } from '../../core/errors.ts';
import {
  folderListing,
  galleryListing,
  eachVolume,
  indexListing,
  listedSet,
  parseIndex,
  type SetChoice,
  simulatedSet,
  trainedSnr,
  type VolumeSet,
} from '../../core/evaluation/index.ts';
import { validate } from '../../core/schema/index.ts';
import { SEEDS } from '../../core/simulate/defaults.ts';
import { templateList } from '../../core/simulate/lists.ts';
import { ACCEPTED_VOLUMES } from '../../core/volume/index.ts';
import type { ModelInfo } from '../../engine/types.ts';
import type { EvaluationChoice, EvaluationState } from '../evaluation.ts';
import type { GallerySample, OpenedVolume, Services, Subtomogram } from '../types.ts';
import type { VolumeSource } from './input.ts';

/** The volumes of one evaluation, and where each can be opened from. */
export interface OpenableSet extends VolumeSet {
  /** What shows a volume of the set on the explain page. */
  sourceOf(order: number): VolumeSource;
}

interface SetTask {
  readonly model: ModelInfo;
  readonly gallery: readonly GallerySample[];
  readonly services: Services;
  /** Fits and normalises the first of what was opened. */
  prepare(
    opened: readonly OpenedVolume[],
  ): Promise<{ data: Float32Array; steps: readonly string[] }>;
  readonly signal: AbortSignal;
}

/**
 * Finds the volumes of a choice.
 *
 * @throws AppError 'bad-input' or 'bad-file' when there are none that the network could be tested with.
 */
export function openSet(
  { choice, files }: Pick<EvaluationState, 'choice' | 'files'>,
  task: SetTask,
): Promise<OpenableSet> | OpenableSet {
  if (choice.set === 'simulated') return simulated(choice, task);
  return choice.set === 'bundled' ? bundled(choice, task) : opened(files, task);
}

const choiceOf = ({ classes, sidecar }: ModelInfo): SetChoice => ({
  classes,
  named: sidecar.classes !== undefined,
});

async function simulated(choice: EvaluationChoice, task: SetTask): Promise<OpenableSet> {
  const { model, services, prepare, signal } = task;
  const index = new URL('templates/index.json', services.base).href;
  const found = await services.fetchJson(index);
  if (found === null) throw new AppError('internal', 'This build comes without the templates.');
  const { classes: templates } = validate(templateList, found, index);
  const trained = trainedSnr(model.sidecar.recipe);
  const snr = choice.snr ?? trained ?? Number.POSITIVE_INFINITY;
  const wanted = (id: string): Subtomogram => {
    const [template, item] = id.split('/');
    const classIndex = templates.findIndex((one) => one.id === template);
    const noise = Number.isFinite(snr) ? `SNR ${snr}` : 'noise-free';
    const name = `${templates[classIndex].name}, ${noise}, held out ${Number(item) + 1}`;
    return { snr, seed: SEEDS.test, classIndex, item: Number(item), name };
  };
  const set = simulatedSet(
    model.title,
    { ...choiceOf(model), perClass: choice.perClass },
    {
      templates,
      snr,
      seed: SEEDS.test,
      readAhead: 2,
      read: async (at, item) =>
        prepare(await services.simulate(wanted(`${templates[at].id}/${item}`), { signal })),
    },
  );
  const untold = choice.snr === null && trained === null;
  return {
    ...set,
    notes: untold
      ? ['The network does not say its SNR; the volumes are simulated without noise.', ...set.notes]
      : set.notes,
    sourceOf(order) {
      const source = wanted(set.volumes[order].id);
      return { name: source.name, source, origin: 'simulated' };
    },
  };
}

function bundled({ sampleSnr }: EvaluationChoice, task: SetTask): OpenableSet {
  const { model, gallery, services, prepare, signal } = task;
  const samples = gallery.filter(({ snr }) => sampleSnr === null || snr === sampleSnr);
  if (samples.length === 0) throw badInput('This build comes without samples at this SNR.');
  const listing = { ...galleryListing(samples, ''), snr: sampleSnr };
  const at = (path: string) => samples.find((sample) => sample.path === path)!;
  const url = (path: string) => new URL(path, services.base).href;
  const set = listedSet('bundled', listing, choiceOf(model), async (path) =>
    prepare(await services.openVolume(at(path).title, url(path), { signal })),
  );
  return {
    ...set,
    sourceOf(order) {
      const sample = at(set.volumes[order].id);
      return { name: sample.title, source: url(sample.path), origin: 'gallery', sample };
    },
  };
}

async function opened(files: EvaluationState['files'], task: SetTask): Promise<OpenableSet> {
  const { model, services, prepare, signal } = task;
  if (!files) throw badInput('No volumes were chosen; accepted: a folder, or several files.');
  const { root, inside } = rooted(files.entries.map(({ path }) => path));
  const byPath = new Map(files.entries.map(({ path, file }) => [path, file]));
  const path = `${root}index.json`;
  const index = byPath.get(path);
  const listing = index
    ? indexListing(parseIndex(new Uint8Array(await index.arrayBuffer()), path), path)
    : folderListing(inside, files.name);
  if (listing.files.length === 0) {
    throw badInput(
      `${files.name} holds no volume; accepted: ${ACCEPTED_VOLUMES}, in one folder for each class`,
    );
  }
  const find = (file: string) => byPath.get(resolve(root, file));
  const count = async (file: string) => {
    const found = find(file);
    return found ? services.countVolumes(file, found) : 1;
  };
  const all = { ...listing, files: await eachVolume(listing.files, count) };
  const sets = new Set(
    all.files.filter(({ volume }) => volume !== undefined).map(({ file }) => file),
  );
  const set = listedSet(files.name, all, choiceOf(model), async (file, volume) => {
    const found = find(file);
    if (!found) throw badFile(file, 'it is not among the files opened', 'all files of the index');
    const only = sets.has(file) ? { volume } : {};
    return prepare(await services.openVolume(file, found, { ...only, signal }));
  });
  return {
    ...set,
    sourceOf(order) {
      const { id } = set.volumes[order];
      return { name: id, source: find(id.replace(/#\d+$/, '')) ?? new Blob(), origin: 'file' };
    },
  };
}

/** The folder that all paths share, with its slash (`''` if none), and the paths from there. */
function rooted(paths: readonly string[]): { root: string; inside: string[] } {
  const root = paths[0]?.includes('/') ? `${paths[0].split('/')[0]}/` : '';
  const shared = paths.every((path) => path.startsWith(root));
  const kept = shared ? root : '';
  return { root: kept, inside: paths.map((path) => path.slice(kept.length)) };
}

/** `'samples/'` and `'../samples/a.mrc'` give `'samples/a.mrc'`. */
function resolve(folder: string, relative: string): string {
  const parts: string[] = [];
  for (const part of `${folder}${relative}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
