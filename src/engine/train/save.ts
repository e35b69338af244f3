import { layersFiles, type NamedFile } from '../model/write.ts';
import type { ModelSidecar } from '../types.ts';
import type { TrainableNetwork } from './networks.ts';

/** The files of a trained network as a TensorFlow.js layers model with its sidecar. */
export async function modelFiles(
  { topology, parameters }: TrainableNetwork,
  sidecar: ModelSidecar,
): Promise<NamedFile[]> {
  const values = await Promise.all(parameters.map(({ variable }) => variable.data()));
  const constants = parameters.map(({ name, shape }, i) => ({
    ...{ name, shape, stored: true },
    values: () => values[i] as Float32Array,
  }));
  return layersFiles(topology, constants, sidecar);
}
