import type { Graph } from '../../graph/types.ts';
import { allOf, type Stored } from '../../model/stored.ts';
import type { Reader, Reading, ReadNetwork } from '../format.ts';
import { joinedFingerprint, readWeightsApart } from '../weights-apart.ts';
import { configurationBeside, stemOf } from '../beside.ts';
import { Settings } from '../settings.ts';
import { aisFacts, aisNetwork } from './ais.ts';
import { deepFinderFacts } from './deepfinder.ts';
import { EASYMODE, easymodeFacts } from './easymode.ts';
import { type KerasFile, kerasArchiveGraph, kerasH5Graph } from './files.ts';

async function read(
  { file, files, options, inputShape }: Reading,
  origin: string,
  graphOf: (stored: Stored, file: KerasFile) => Graph,
): Promise<ReadNetwork> {
  const apart = await readWeightsApart(files, options);
  const graph = graphOf(file, { file: files.label, inputShape, replace: apart });
  const fingerprint = await joinedFingerprint(file, apart);
  return { graph, origin, notes: apart?.notes() ?? [], fingerprint };
}

export const readH5Network: Reader = async (reading) => {
  const network = await read(reading, 'Keras HDF5', (stored, file) =>
    kerasH5Graph(allOf(stored), file),
  );
  if (network.graph.name !== EASYMODE)
    return { ...network, facts: deepFinderFacts(allOf(reading.file), reading.files.label) };
  const { files, options } = reading;
  const config = await configurationBeside(files, [`${stemOf(files)}.json`], options);
  const { facts, notes } = easymodeFacts(new Settings(config), network.graph, stemOf(files));
  return { ...network, origin: 'easymode weights', facts, notes: [...network.notes, ...notes] };
};

export const readAisNetwork: Reader = async ({ file, files, inputShape }) => {
  const network = aisNetwork(allOf(file), files.label, inputShape);
  const fingerprint = await joinedFingerprint(file, undefined);
  return { graph: network.graph, origin: 'Ais', ...aisFacts(network), fingerprint };
};

export const readArchiveNetwork: Reader = (reading) => read(reading, 'Keras 3', kerasArchiveGraph);
