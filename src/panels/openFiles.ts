import { VOLUME_ACCEPT } from '../core/volume/index.ts';
import { actions } from '../state/index.ts';

export { VOLUME_ACCEPT };

const NETWORK_FILE = /\.(json|bin|keras|h5|hdf5|onnx)$|^group\d+-shard\d+of\d+/i;

export interface SortedFiles {
  readonly volumes: readonly File[];
  readonly network: readonly File[];
}

/** Splits files into volumes and the files of one network, by name. */
export function sortFiles(files: readonly File[]): SortedFiles {
  const visible = files.filter(({ name }) => !name.startsWith('.'));
  return {
    volumes: visible.filter(({ name }) => !NETWORK_FILE.test(name)),
    network: visible.filter(({ name }) => NETWORK_FILE.test(name)),
  };
}

/** Opens whatever was dropped or chosen: volumes, a network, or both. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const { volumes, network } = sortFiles(files);
  await Promise.all([
    network.length > 0 && actions.openNetwork(network),
    volumes.length > 0 &&
      actions.openVolumes(
        volumes.map((file) => ({ name: file.name, source: file, origin: 'file' })),
      ),
  ]);
}
