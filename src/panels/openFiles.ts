import { belongsToNetwork, networkEndings } from '../core/network-formats.ts';
import { isPictureName, isVolumeName, VOLUME_ACCEPT } from '../core/volume/index.ts';
import { actions } from '../state/index.ts';

export { VOLUME_ACCEPT };

export const NETWORK_ACCEPT = networkEndings().join(',');

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

/** Opens whatever was dropped or chosen: volumes, a network, or both. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const { volumes, network } = sortFiles(files);
  // The volume first: a network may leave its sizes to it.
  if (volumes.length > 0) {
    await actions.openVolumes(
      volumes.map((file) => ({ name: file.name, source: file, origin: 'file' })),
    );
  }
  if (network.length > 0) await actions.openNetwork(network);
}
