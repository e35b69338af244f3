import { badFile } from '../../core/errors.ts';
import { sha256 } from '../checksum.ts';
import type { TaskOptions } from '../types.ts';
import { ACCEPTED, MAX_MODEL_BYTES, readModelJson, type WeightSpec } from './manifest.ts';
import { type ModelSidecar, readSidecar, SIDECAR } from './sidecar.ts';
import type { ModelFiles } from './source.ts';
import { readWeights } from './weights.ts';

/** A network as read, before it is placed on a backend; kept to place it again on another one. */
export interface ModelArtifacts {
  readonly label: string;
  readonly topology: object;
  readonly weightSpecs: WeightSpec[];
  readonly weightData: ArrayBuffer;
  readonly sidecar: ModelSidecar;
  /** What messages call the sidecar. */
  readonly sidecarName: string;
  /** What to say about the files, one sentence each. */
  readonly notes: readonly string[];
}

/** Reads topology, weight shards and sidecar; every way it can fail has its own sentence. */
export async function readArtifacts(
  files: ModelFiles,
  options: TaskOptions,
): Promise<ModelArtifacts> {
  const { label } = files;
  options.onProgress?.({ stage: 'Loading the network' });
  const beside = readSidecar(files, options);
  beside.catch(() => undefined); // awaited when the network itself is known to be readable
  const bytes = await files.read(files.topology, {
    signal: options.signal,
    limit: MAX_MODEL_BYTES,
  });
  if (!bytes) throw badFile(label, 'not found', ACCEPTED);
  const { modelTopology: topology, weightsManifest } = readModelJson(bytes, label);
  const { sidecar, notes } = await beside;
  const weightData = await readWeights(files, weightsManifest, options);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const sidecarName = files.nameOf(SIDECAR);
  return { label, topology, weightSpecs, weightData, sidecar, sidecarName, notes };
}

/**
 * Identifies a network by what it computes, wherever it lies: SHA-256 of its topology and weights. Null
 * where the platform has none.
 */
export async function fingerprint({
  topology,
  weightSpecs,
  weightData,
}: Pick<ModelArtifacts, 'topology' | 'weightSpecs' | 'weightData'>): Promise<string | null> {
  const weights = await sha256(new Uint8Array(weightData));
  return sha256(new TextEncoder().encode(JSON.stringify({ topology, weightSpecs, weights })));
}
