import { AppError } from '../../core/errors.ts';
import type { WeightSpec } from '../model/manifest.ts';
import { artifactFiles, type NamedFile } from '../model/write.ts';
import { tf } from '../tf.ts';
import type { ModelSidecar } from '../types.ts';
import type { TrainableNetwork } from './networks.ts';

/** The files of a trained network as a TensorFlow.js layers model with its sidecar. */
export async function modelFiles(
  { model }: TrainableNetwork,
  sidecar: ModelSidecar,
): Promise<NamedFile[]> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  if (!saved?.weightData || !saved.weightSpecs || !saved.modelTopology) {
    throw new AppError('internal', 'the network could not be saved');
  }
  return artifactFiles({
    topology: saved.modelTopology as object,
    weightSpecs: saved.weightSpecs as WeightSpec[], // of a network of our own: float32
    weightData: tf.io.CompositeArrayBuffer.join(saved.weightData),
    sidecar,
  });
}
