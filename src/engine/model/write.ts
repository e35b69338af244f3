import { writtenSidecar } from '../../core/preprocessing/index.ts';
import { sha256 } from '../checksum.ts';
import type { ModelArtifacts } from './artifacts.ts';
import type { Constant } from '../graph/types.ts';
import { type ModelSidecar, SIDECAR } from './sidecar.ts';

const SHARD_BYTES = 16 * 2 ** 20;

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of a TensorFlow.js layers model: weight shards, sidecar and, last, `model.json`, which lists
 * the SHA-256 of each shard for whoever reads them.
 */
export async function artifactFiles({
  topology,
  weightSpecs,
  weightData,
  sidecar,
}: Omit<ModelArtifacts, 'label'> & { readonly sidecar: ModelSidecar }): Promise<NamedFile[]> {
  const weights = new Uint8Array(weightData);
  const count = Math.ceil(weights.length / SHARD_BYTES);
  const shards = Array.from({ length: count }, (_, i) => ({
    name: count === 1 ? 'weights.bin' : `weights-${i + 1}-of-${count}.bin`,
    bytes: weights.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
  const hashes = await Promise.all(shards.map(({ bytes }) => sha256(bytes)));
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [
      {
        paths: shards.map(({ name }) => name),
        ...(!hashes.includes(null) && { sha256: hashes }),
        weights: weightSpecs,
      },
    ],
  };
  return [...shards, sidecarFile(sidecar), text('model.json', json)];
}

/** What stands beside `model.json`. */
export function sidecarFile(sidecar: ModelSidecar): NamedFile {
  return text(SIDECAR, writtenSidecar(sidecar));
}

/** The same of a topology and weights that are on the host, those that the file has. */
export function layersFiles(
  topology: object,
  constants: readonly Constant[],
  sidecar: ModelSidecar,
): Promise<NamedFile[]> {
  const stored = constants.filter((constant) => constant.stored);
  const parts = stored.map(({ values }) => values());
  const weights = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    weights.set(part, offset);
    offset += part.length;
  }
  const weightSpecs = stored.map(({ name, shape }) => ({
    ...{ name, shape: [...shape], dtype: 'float32' as const },
  }));
  return artifactFiles({ topology, weightSpecs, weightData: weights.buffer, sidecar });
}

/** Whether a file of a model's folder holds weights that {@link artifactFiles} wrote. */
export function isShard(name: string): boolean {
  return /^weights(-\d+-of-\d+)?\.bin$/.test(name);
}

function text(name: string, value: unknown): NamedFile {
  return { name, bytes: new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`) };
}
