import type { Graph } from '../../graph/types.ts';
import type { Reader, Reading, ReadNetwork } from '../format.ts';
import { joinedFingerprint, readWeightsApart } from '../weights-apart.ts';
import { configurationBeside, stemOf } from '../beside.ts';
import { Settings } from '../settings.ts';
import { aisFacts, aisNetwork } from './ais.ts';
import { deepFinderFacts } from './deepfinder.ts';
import { EASYMODE, easymodeFacts } from './easymode.ts';
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

export const readH5Network: Reader = async (reading) => {
  const network = await read(reading, 'Keras HDF5', kerasH5Graph);
  if (network.graph.name !== EASYMODE)
    return { ...network, facts: deepFinderFacts(reading.bytes, reading.files.label) };
  const { files, options } = reading;
  const config = await configurationBeside(files, [`${stemOf(files)}.json`], options);
  return { ...network, origin: 'easymode weights', facts: easymodeFacts(new Settings(config)) };
};

export const readAisNetwork: Reader = async ({ bytes, files, inputShape }) => {
  const network = aisNetwork(bytes, files.label, inputShape);
  const fingerprint = await joinedFingerprint(bytes, undefined);
  return { graph: network.graph, origin: 'Ais', ...aisFacts(network), fingerprint };
};

export const readArchiveNetwork: Reader = (reading) => read(reading, 'Keras 3', kerasArchiveGraph);
