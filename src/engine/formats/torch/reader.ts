import { configurationBeside, stemOf } from '../beside.ts';
import type { Reader } from '../format.ts';
import { joinedFingerprint, readWeightsApart } from '../weights-apart.ts';
import { torchNetwork } from './index.ts';

/** What the tools call the configuration that they write beside a checkpoint. */
const BESIDE = ['model.yaml', 'model.yml', 'model_config.yaml', 'plans.json', 'layers.json'];

export const readTorchNetwork: Reader = async ({ file, files, options, inputShape }) => {
  const replace = await readWeightsApart(files, options);
  const names = [...BESIDE, `${stemOf(files)}.yaml`, `${stemOf(files)}.json`];
  const config = await configurationBeside(files, names, options);
  const network = torchNetwork(file, files.label, { config, inputShape, replace });
  const notes = [...network.notes, ...(replace?.notes() ?? [])];
  return { ...network, notes, fingerprint: await joinedFingerprint(file, replace) };
};
