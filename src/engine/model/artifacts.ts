import { badFile } from '../../core/errors.ts';
import { sha256 } from '../checksum.ts';
import type { TaskOptions } from '../types.ts';
import { acceptedNetworks } from '../../core/network-formats.ts';
import { readModelJson, type WeightSpec } from './manifest.ts';
import { type ReadSidecar, readSidecar } from './sidecar.ts';
import type { ModelFiles } from './source.ts';
import { allOf, inMemory, type Stored } from './stored.ts';
import { readWeights } from './weights.ts';

/** What one file may hold: more is no single array in a browser. */
const MAX_MAIN_BYTES = 2 ** 31;

/** A TensorFlow.js layers model as its files have it. */
export interface ModelArtifacts {
  readonly label: string;
  readonly topology: object;
  readonly weightSpecs: WeightSpec[];
  readonly weightData: ArrayBuffer;
}

/** The same with what stands beside it. */
export interface ArtifactsWithSidecar extends ModelArtifacts, ReadSidecar {}

/** Reads topology, weight shards and sidecar; every way it can fail has its own sentence. */
export async function readArtifacts(
  files: ModelFiles,
  options: TaskOptions,
): Promise<ArtifactsWithSidecar> {
  const beside = readSidecar(files, options);
  beside.catch(() => undefined); // awaited when the network itself is known to be readable
  const bytes = allOf(await readMain(files, options));
  const artifacts = await tfjsArtifacts(bytes, files, options);
  return { ...artifacts, ...(await beside) };
}

/** The main file of a network, whatever it is. @throws AppError `bad-file` where there is none */
export async function readMain(
  files: ModelFiles,
  { signal, onProgress }: TaskOptions,
): Promise<Stored> {
  onProgress?.({ stage: 'Loading the network' });
  const large = files.large?.(files.main);
  const bytes = large ? null : await files.read(files.main, { signal, limit: MAX_MAIN_BYTES });
  const file = large ?? (bytes && inMemory(bytes));
  if (!file) throw badFile(files.label, 'not found', acceptedNetworks());
  if (file.size > MAX_MAIN_BYTES)
    throw badFile(files.label, 'over 2 GiB in one file', 'weights in files of their own');
  return file;
}

/** Topology and weights of a `model.json`; see {@link readModelJson} for `graphs`. */
export async function tfjsArtifacts(
  bytes: Uint8Array,
  files: ModelFiles,
  options: TaskOptions,
  graphs = false,
): Promise<ModelArtifacts> {
  const { label } = files;
  const { modelTopology: topology, weightsManifest } = readModelJson(bytes, label, graphs);
  const weightData = await readWeights(files, weightsManifest, options);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { label, topology, weightSpecs, weightData };
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
