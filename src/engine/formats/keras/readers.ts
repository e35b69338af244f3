import type { Graph } from '../../graph/types.ts';
import type { Reader, Reading, ReadNetwork } from '../format.ts';
import { joinedFingerprint, readWeightsApart } from '../weights-apart.ts';
import { type KerasFile, kerasArchiveGraph, kerasH5Graph } from './files.ts';

async function read(
  { bytes, files, options, inputShape }: Reading,
  origin: string,
  graphOf: (bytes: Uint8Array, file: KerasFile) => Graph,
): Promise<ReadNetwork> {
  const apart = await readWeightsApart(files, options);
  const graph = graphOf(bytes, { file: files.label, inputShape, replace: apart });
  const fingerprint = await joinedFingerprint(bytes, apart);
  return { graph, origin, notes: apart?.notes() ?? [], fingerprint };
}

export const readH5Network: Reader = (reading) => read(reading, 'Keras HDF5', kerasH5Graph);

export const readArchiveNetwork: Reader = (reading) => read(reading, 'Keras 3', kerasArchiveGraph);
