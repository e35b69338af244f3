import { zarrRoot } from '../../core/ome-zarr/root.ts';
import {
  type CopickPicks,
  copickRuns,
  isTruthName,
  isListName,
  makerOf,
  type ParticleFormatId,
  particleFormatOf,
  sharedOut,
  takenText,
} from '../../core/particles/index.ts';
import { decodeText } from '../../core/schema/utf8.ts';
import { isStackName, namesProjections } from '../../core/subtilt/index.ts';
import { isVolumeName } from '../../core/volume/index.ts';
import { actions, type PlacedFile, particlesStore } from '../../state/index.ts';
import { pathOf } from '../../ui/fileDrop.ts';
import { openEach, sortFiles } from '../openFiles.ts';

/** Bytes by which a list of particles is recognised. */
const HEAD = 1 << 16;
/** Of a dropped project, lists that are looked into. */
const MOST_STARS = 300;

interface SortedParticleFiles {
  /** Each of one file, or of one for each kind of particle. */
  readonly lists: readonly (readonly File[])[];
  /** One that is already known to be of what is really there. */
  readonly truth?: readonly File[] | null;
  /** Files of an OME-Zarr. */
  readonly zarr: readonly File[];
  /** Name of the run of a copick project that all are of. */
  readonly run?: string;
  readonly volumes: readonly File[];
  /** By their names, stacks of projections of particles. */
  readonly stacks: readonly File[];
  readonly others: readonly File[];
}

const headOf = async (file: File) => new Uint8Array(await file.slice(0, HEAD).arrayBuffer());

/** Of stacks there may be thousands. */
const formatOf = async (file: File): Promise<ParticleFormatId | null> =>
  isStackName(file.name) ? null : particleFormatOf({ name: file.name, bytes: await headOf(file) });

const isOfProjections = async (file: File) =>
  /\.star$/i.test(file.name) && namesProjections(decodeText(await headOf(file)));

/** Picks of several kinds of particles, which copick keeps in a file each, as one list of each user and session. */
async function byMaker(picks: readonly File[]): Promise<File[][]> {
  const groups = new Map<string, File[]>();
  for (const file of picks) {
    const maker = makerOf(await headOf(file));
    groups.set(maker, [...(groups.get(maker) ?? []), file]);
  }
  return [...groups.values()];
}

/** Of a copick project one run is opened: the tomogram with the finest voxels, and its picks. */
function ofRun(files: readonly File[]): SortedParticleFiles | null {
  const runs = copickRuns(files.map(pathOf));
  const run = runs.find(({ tomograms, picks }) => tomograms.length + picks.length > 1) ?? runs[0];
  if (!run) return null;
  const { tomograms, picks, name } = run;
  const of = new Map(files.map((file) => [pathOf(file), file]));
  const [tomogram] = tomograms;
  const several = [
    ...(runs.length > 1 ? [`the run ${name} of ${runs.length}`] : []),
    ...(tomograms.length > 1 ? [`${shortened(tomogram)} of ${tomograms.length} tomograms`] : []),
  ];
  if (several.length > 0)
    actions.inform(
      `Taken of the project: ${several.join(', ')}. Drop the folder of another to see that.`,
    );
  const { own, truth } = picks.length > 0 ? sharedOut(picks) : { own: null, truth: null };
  const taken = own && takenText(picks, own);
  if (taken && truth)
    actions.inform(
      `${taken} They are compared with those of ${truth.by}. Drop the files of another by themselves to see these.`,
    );
  const filesOf = ({ files: paths }: CopickPicks) => paths.map((path) => of.get(path)!);
  return {
    lists: own ? [filesOf(own)] : [],
    truth: truth && filesOf(truth),
    zarr: tomogram ? files.filter((file) => pathOf(file).startsWith(tomogram)) : [],
    run: name,
    ...{ volumes: [], stacks: [], others: [] },
  };
}

/** The last two folders of a path. */
const shortened = (folder: string) => folder.split('/').slice(-3, -1).join('/');

async function sorted(files: readonly File[]): Promise<SortedParticleFiles> {
  const run = ofRun(files);
  if (run) return run;
  const root = zarrRoot(files.map(pathOf));
  const inZarr = (file: File) => root !== null && pathOf(file).startsWith(root);
  const zarr = files.filter(inZarr);
  const left = files.filter((file) => !inZarr(file) && !file.name.startsWith('.'));
  const formats = await Promise.all(left.map(formatOf));
  // The model that holds the points of PEET's list is no list of its own.
  const isPart = (id: ParticleFormatId | null) => id === 'imod' && formats.includes('peet');
  const isList = (id: ParticleFormatId | null) => id !== null && !isPart(id);
  const named = left.filter((_, i) => isList(formats[i]));
  const rest = left.filter((_, i) => !isList(formats[i]));
  const isStack = ({ name }: File) => isStackName(name);
  const isVolume = (file: File) =>
    !isStack(file) && (isVolumeName(file.name) || /\.(zip|ozx)$/i.test(file.name));
  const isPicks = (file: File) => formats[left.indexOf(file)] === 'copick';
  const picks = await byMaker(named.filter(isPicks));
  return {
    lists: [...named.filter((file) => !isPicks(file)).map((file) => [file]), ...picks],
    zarr,
    volumes: rest.filter(isVolume),
    stacks: rest.filter(isStack),
    others: rest.filter((file) => !isVolume(file) && !isStack(file)),
  };
}

/** Whether files are something for the particles page wherever they were dropped: a list, or an OME-Zarr. */
export async function holdsParticles(files: readonly File[]): Promise<boolean> {
  // Many files are a set or a network's folder.
  const paths = files.map(pathOf);
  if (zarrRoot(paths) !== null || copickRuns(paths).length > 0) return true;
  if (files.length > 20) {
    const stars = files.filter(({ name }) => /\.star$/i.test(name)).slice(0, MOST_STARS);
    return (await Promise.all(stars.map(isOfProjections))).includes(true);
  }
  return (await Promise.all(files.map(formatOf))).some((id) => id !== null);
}

const placed = (file: File): PlacedFile => ({ path: pathOf(file), file });

/** Opens a tomogram, lists of particles, or a network, in whatever order they come. */
export async function particleFiles(files: readonly File[]): Promise<void> {
  actions.dismissErrors();
  const { lists, truth: known, zarr, run, volumes, stacks, others } = await sorted(files);
  const [volume] = volumes;
  if (await projectionFiles(files, { lists, zarr, volumes, stacks, others })) return;
  if (zarr.length > 0) {
    const root = zarrRoot(zarr.map(pathOf))!;
    const name = [...(run ? [run] : []), root.split('/').at(-2) ?? 'OME-Zarr'].join(' ');
    await actions.openTomogram({ name, from: zarr.map(placed) });
  } else if (volume) {
    await actions.openTomogram({ name: volume.name, from: [placed(volume)] });
    if (volumes.length > 1)
      actions.inform(
        `One tomogram is open at a time; ${volume.name} was taken of ${volumes.length}.`,
      );
  }
  const beside = [...others, ...lists.flat()].map(placed);
  const truth =
    known ??
    (lists.length > 1 ? (lists.find(([{ name }]) => isTruthName(name)) ?? lists[1]) : null);
  const own = lists.find((list) => list !== truth);
  if (own) await actions.openParticles(own.map(placed), beside);
  if (truth) await actions.openParticles(truth.map(placed), beside, true);
  const [stack] = stacks;
  // What is wrong with it is said when it is opened as one.
  if (stack && !volume) await actions.openTomogram({ name: stack.name, from: [placed(stack)] });
  const { network } = sortFiles(others);
  if (network.length > 0) await openEach(network);
  const unknown =
    zarr.length + volumes.length + stacks.length + lists.length + network.length === 0;
  if (!unknown || others.length === 0) return;
  const list = others.find(({ name }) => isListName(name));
  if (list) await actions.openParticles([placed(list)], beside);
  // What is no volume by its name may be one by its content.
  else await actions.openTomogram({ name: others[0].name, from: [placed(others[0])] });
}

/**
 * Opens a list that gives its particles as stacks of projections, with its stacks; or adds to one that is open what it
 * lacks. With a tomogram, boxes are cut out of that.
 *
 * @returns whether the files are of this kind
 */
async function projectionFiles(
  files: readonly File[],
  { lists, zarr, volumes, stacks }: SortedParticleFiles,
): Promise<boolean> {
  const isTomogram = zarr.length + volumes.length > 0;
  const single = lists.filter(({ length }) => length === 1).map(([file]) => file);
  const given = await Promise.all(single.map(isOfProjections));
  const own = single.filter((_, i) => given[i]);
  const { particles, tomogram } = particlesStore.getState();
  const adds = stacks.length > 0 || files.some(({ name }) => /\.star$/i.test(name));
  if (isTomogram) return false;
  if (own.length > 0 && (stacks.length > 0 || !tomogram)) {
    const [list] = own;
    if (own.length > 1)
      actions.inform(`One list is open at a time; ${pathOf(list)} was taken of ${own.length}.`);
    actions.closeTomogram();
    const beside = files.filter((file) => file !== list).map(placed);
    await actions.openParticles([placed(list)], beside);
    return true;
  }
  if (lists.length > 0 || !particles?.beside || tomogram || !adds) return false;
  await actions.openBeside(files.map(placed));
  return true;
}

/** Opens a second list, of what is really there. */
export async function truthFiles(files: readonly File[]): Promise<void> {
  actions.dismissErrors();
  const { lists } = await sorted(files);
  if (lists.length === 0) actions.reportError(`${files[0]?.name}: this is no list of particles.`);
  else await actions.openParticles(lists[0].map(placed), files.map(placed), true);
}

/** What the page still waits for, in words. */
export function missingText(): string {
  const { tomogram, particles } = particlesStore.getState();
  if (!tomogram && particles?.beside)
    return 'Drop the stacks of projections that it names, with the tomograms.star and the tilt-series files; or the tomogram that the particles stand in.';
  if (!tomogram && !particles)
    return 'Drop a tomogram and a list of particles, together or one after the other.';
  return tomogram ? 'Drop the list of its particles.' : 'Drop the tomogram that they stand in.';
}

/**
 * Opens a tomogram at an address: of the app's own origin, or of a host whose files the server of this page hands on
 * (`serve --allow-remote`).
 */
export async function particleAddress(text: string): Promise<void> {
  actions.dismissErrors();
  let url: URL;
  try {
    url = new URL(text, document.baseURI);
  } catch {
    actions.reportError(`${text}: this is no address.`);
    return;
  }
  const { origin, protocol, host, pathname, search } = url;
  const name = decodeURIComponent(pathname.replace(/\/$/, '').split('/').at(-1) ?? text);
  if (origin === location.origin) {
    await actions.openTomogram({ name, from: url.href });
    return;
  }
  const relayed = `/remote/${protocol.slice(0, -1)}/${host}${pathname}`;
  if (/^https?:$/.test(protocol) && (await isRelayed(`/remote/${protocol.slice(0, -1)}/${host}/`)))
    await actions.openTomogram({ name, from: `${location.origin}${relayed}${search}` });
  else
    actions.reportError(
      `${host}: this page fetches from its own address alone, so that nothing can leave it; accepted: the app started with serve --allow-remote ${host}, a copy of the tomogram as files, or --tomogram ${text} on the command line.`,
    );
}

/** Whether the server of this page hands on files of a host; servers without a relay have no such address. */
async function isRelayed(address: string): Promise<boolean> {
  const answer = await fetch(address, { method: 'OPTIONS' }).catch(() => null);
  return answer?.status === 204 && answer.headers.has('allow');
}
