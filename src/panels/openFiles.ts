import { belongsToNetwork, networkEndings } from '../core/network-formats.ts';
import { isPictureName, isVolumeName, VOLUME_ACCEPT } from '../core/volume/index.ts';
import { actions, sessionsAmong } from '../state/index.ts';

export { VOLUME_ACCEPT };

export const NETWORK_ACCEPT = networkEndings().join(',');

/** Coordinates, also packed. */
const STRUCTURE_NAME = /\.(pdb\d*|ent|cif|mmcif|bcif)(\.gz)?$/i;

export interface SortedFiles {
  readonly volumes: readonly File[];
  readonly network: readonly File[];
}

/** Splits files into volumes, among them pictures, and the files of one network, by name. */
export function sortFiles(files: readonly File[]): SortedFiles {
  const visible = files.filter(({ name }) => !name.startsWith('.'));
  const network = visible.filter(({ name }) => belongsToNetwork(name));
  const others = visible.filter(({ name }) => !belongsToNetwork(name));
  // A network's folder may hold notes and scripts beside it, which are no volumes.
  return {
    volumes:
      network.length > 0
        ? others.filter(({ name }) => isVolumeName(name) || isPictureName(name))
        : others,
    network,
  };
}

/**
 * Opens whatever was dropped or chosen: a session or a picture that holds one, what a session waits for, volumes,
 * a network.
 */
export async function openFiles(files: readonly File[]): Promise<void> {
  actions.dismissErrors();
  await openEach(files);
}

/** The same beside what was opened with it. */
export async function openEach(files: readonly File[]): Promise<void> {
  const { sessions, others } = await sessionsAmong(files, actions.reportError);
  for (const { name, opened } of sessions) await actions.openSession(opened, name);
  // A session that came without its files may find them beside it.
  const left = await actions.giveSession(others);
  const isStructure = ({ name }: File) => STRUCTURE_NAME.test(name);
  const { volumes, network } = sortFiles(left.filter((file) => !isStructure(file)));
  // The volume first: a network may leave its sizes to it.
  if (volumes.length > 0) {
    await actions.openVolumes(
      volumes.map((file) => ({ name: file.name, source: file, origin: 'file' })),
    );
  }
  if (network.length > 0) await actions.openNetwork(network);
  for (const file of left.filter(isStructure)) await actions.openStructure(file);
}
