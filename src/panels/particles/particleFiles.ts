import { zarrRoot } from '../../core/ome-zarr/root.ts';
import { isListName, type ParticleFormatId, particleFormatOf } from '../../core/particles/index.ts';
import { isVolumeName } from '../../core/volume/index.ts';
import { actions, type PlacedFile, particlesStore } from '../../state/index.ts';
import { pathOf } from '../../ui/fileDrop.ts';
import { openFiles, sortFiles } from '../openFiles.ts';

/** Bytes by which a list of particles is recognised. */
const HEAD = 1 << 16;
const TRUTH = /truth|ground|(^|[^a-z])gt([^a-z]|$)/i;

interface SortedParticleFiles {
  readonly lists: readonly File[];
  /** Files of an OME-Zarr. */
  readonly zarr: readonly File[];
  readonly volumes: readonly File[];
  readonly others: readonly File[];
}

async function formatOf(file: File): Promise<ParticleFormatId | null> {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  return particleFormatOf({ name: file.name, bytes });
}

async function sorted(files: readonly File[]): Promise<SortedParticleFiles> {
  const root = zarrRoot(files.map(pathOf));
  const inZarr = (file: File) => root !== null && pathOf(file).startsWith(root);
  const zarr = files.filter(inZarr);
  const left = files.filter((file) => !inZarr(file) && !file.name.startsWith('.'));
  const formats = await Promise.all(left.map(formatOf));
  // The model that holds the points of PEET's list is no list of its own.
  const isPart = (id: ParticleFormatId | null) => id === 'imod' && formats.includes('peet');
  const isList = (id: ParticleFormatId | null) => id !== null && !isPart(id);
  const lists = left.filter((_, i) => isList(formats[i]));
  const rest = left.filter((_, i) => !isList(formats[i]));
  const isVolume = ({ name }: File) => isVolumeName(name) || /\.(zip|ozx)$/i.test(name);
  return {
    lists,
    zarr,
    volumes: rest.filter(isVolume),
    others: rest.filter((file) => !isVolume(file)),
  };
}

/** Whether files are something for the particles page wherever they were dropped: a list, or an OME-Zarr. */
export async function holdsParticles(files: readonly File[]): Promise<boolean> {
  // Many files are a set or a network's folder.
  if (zarrRoot(files.map(pathOf)) !== null) return true;
  if (files.length > 20) return false;
  return (await Promise.all(files.map(formatOf))).some((id) => id !== null);
}

const placed = (file: File): PlacedFile => ({ path: pathOf(file), file });

/** Opens a tomogram, lists of particles, or a network, in whatever order they come. */
export async function particleFiles(files: readonly File[]): Promise<void> {
  const { lists, zarr, volumes, others } = await sorted(files);
  const [volume] = volumes;
  if (zarr.length > 0) {
    const root = zarrRoot(zarr.map(pathOf))!;
    const name = root.split('/').at(-2) ?? 'OME-Zarr';
    await actions.openTomogram({ name, from: zarr.map(placed) });
  } else if (volume) {
    await actions.openTomogram({ name: volume.name, from: [placed(volume)] });
    if (volumes.length > 1)
      actions.inform(
        `One tomogram is open at a time; ${volume.name} was taken of ${volumes.length}.`,
      );
  }
  const beside = [...others, ...lists].map(placed);
  const truth = lists.length > 1 ? (lists.find(({ name }) => TRUTH.test(name)) ?? lists[1]) : null;
  const own = lists.find((list) => list !== truth);
  if (own) await actions.openParticles(placed(own), beside);
  if (truth) await actions.openParticles(placed(truth), beside, true);
  const { network } = sortFiles(others);
  if (network.length > 0) await openFiles(network);
  const unknown = zarr.length + volumes.length + lists.length + network.length === 0;
  if (!unknown || others.length === 0) return;
  const list = others.find(({ name }) => isListName(name));
  if (list) await actions.openParticles(placed(list), beside);
  // What is no volume by its name may be one by its content.
  else await actions.openTomogram({ name: others[0].name, from: [placed(others[0])] });
}

/** Opens a second list, of what is really there. */
export async function truthFiles(files: readonly File[]): Promise<void> {
  const { lists } = await sorted(files);
  if (lists.length === 0) actions.reportError(`${files[0]?.name}: this is no list of particles.`);
  else await actions.openParticles(placed(lists[0]), files.map(placed), true);
}

/** What the page still waits for, in words. */
export function missingText(): string {
  const { tomogram, particles } = particlesStore.getState();
  if (!tomogram && !particles)
    return 'Drop a tomogram and a list of particles, together or one after the other.';
  return tomogram ? 'Drop the list of its particles.' : 'Drop the tomogram that they stand in.';
}

/**
 * Opens a tomogram at an address: of the app's own origin, or of a host whose files the server of this page hands on
 * (`serve --allow-remote`).
 */
export async function particleAddress(text: string): Promise<void> {
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
