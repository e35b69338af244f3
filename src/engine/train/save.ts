import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { ModelSidecar } from '../types.ts';
import type { TrainableNetwork } from './networks.ts';

const SHARD_BYTES = 16 * 2 ** 20;

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of a tfjs layers model: `model.json`, weight shards and the sidecar. */
export async function modelFiles(
  { model }: TrainableNetwork,
  sidecar: ModelSidecar,
): Promise<NamedFile[]> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  if (!artifacts?.weightData) throw new AppError('internal', 'the network could not be saved');
  const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const count = Math.ceil(weights.length / SHARD_BYTES);
  const shards = Array.from({ length: count }, (_, i) => ({
    name: count === 1 ? 'weights.bin' : `weights-${i + 1}-of-${count}.bin`,
    bytes: weights.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
  const json = {
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: null,
    modelTopology: artifacts.modelTopology,
    weightsManifest: [{ paths: shards.map(({ name }) => name), weights: artifacts.weightSpecs }],
  };
  return [text('model.json', json), text('respond-cam.json', sidecar), ...shards];
}

function text(name: string, value: unknown): NamedFile {
  return { name, bytes: new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`) };
}
