import { artifactFiles, type NamedFile } from '../model/write.ts';
import type { ModelSidecar } from '../types.ts';
import type { TrainableNetwork } from './networks.ts';

/** The files of a trained network as a TensorFlow.js layers model with its sidecar. */
export async function modelFiles(
  { topology, parameters }: TrainableNetwork,
  sidecar: ModelSidecar,
): Promise<NamedFile[]> {
  const values = await Promise.all(parameters.map(({ variable }) => variable.data()));
  const weights = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const one of values) {
    weights.set(one, offset);
    offset += one.length;
  }
  return artifactFiles({
    topology,
    weightSpecs: parameters.map(({ name, shape }) => ({
      name,
      shape: [...shape],
      dtype: 'float32',
    })),
    weightData: weights.buffer,
    sidecar,
  });
}
