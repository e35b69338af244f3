import type { Graph } from '../../graph/types.ts';
import type { FormatRow, Reading, ReadNetwork } from '../format.ts';
import { joinedFingerprint, readWeightsApart } from '../weights-apart.ts';
import { looksLikeZip } from '../zip.ts';
import { type KerasFile, kerasArchiveGraph, kerasH5Graph } from './files.ts';
import { looksLikeHdf5 } from './hdf5.ts';

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

export const kerasH5Row: FormatRow = {
  id: 'hdf5',
  recognises: looksLikeHdf5,
  read: (reading) => read(reading, 'Keras HDF5', kerasH5Graph),
};

export const kerasArchiveRow: FormatRow = {
  id: 'keras',
  recognises: looksLikeZip,
  read: (reading) => read(reading, 'Keras 3', kerasArchiveGraph),
};
