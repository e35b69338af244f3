import { AppError, badFile } from '../../core/errors.ts';
import type { tf } from '../tf.ts';
import type { ModelSidecar, TaskOptions } from '../types.ts';
import type { ModelFiles } from './source.ts';

const ACCEPTED = 'a model.json of a TensorFlow.js layers model with its weight files';

/** A network as read, before it is placed on a backend; kept to place it again on another one. */
export interface ModelArtifacts {
  readonly label: string;
  readonly topology: object;
  readonly weightSpecs: tf.io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
  readonly sidecar: ModelSidecar;
}

interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: tf.io.WeightsManifestEntry[];
}

/** Reads topology, weight shards and sidecar; every way it can fail has its own sentence. */
export async function readArtifacts(
  files: ModelFiles,
  options: TaskOptions,
): Promise<ModelArtifacts> {
  const { label } = files;
  options.onProgress?.({ stage: 'Loading the network' });
  const sidecar = readSidecar(files, options);
  sidecar.catch(() => undefined); // awaited when the network itself is known to be readable
  const text = await files.read(files.topology, { signal: options.signal });
  if (!text) throw badFile(label, 'not found', ACCEPTED);
  const model = parse(label, text);
  if (model.format === 'graph-model') {
    throw new AppError(
      'unsupported',
      `${label}: a TensorFlow.js graph model, which can be run but not differentiated; accepted: ${ACCEPTED} (converted with --output_format tfjs_layers_model)`,
    );
  }
  const topology = model.modelTopology as
    | { class_name?: string; model_config?: object }
    | undefined;
  if (typeof topology !== 'object' || topology === null) {
    throw badFile(label, 'no network in it (no modelTopology)', ACCEPTED);
  }
  const groups = model.weightsManifest as readonly ManifestGroup[] | undefined;
  if (!Array.isArray(groups)) throw badFile(label, 'no weightsManifest', ACCEPTED);

  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const weightData = await readWeights(files, groups, options);
  return { label, topology, weightSpecs, weightData, sidecar: await sidecar };
}

function parse(label: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // Whatever is wrong with the text, what matters to the user is the sentence below.
  }
  throw badFile(label, 'not a network description (not JSON)', ACCEPTED);
}

async function readWeights(
  files: ModelFiles,
  groups: readonly ManifestGroup[],
  options: TaskOptions,
): Promise<ArrayBuffer> {
  const sizes = groups.map(({ weights }) =>
    weights.reduce((sum, spec) => sum + storedBytes(spec), 0),
  );
  const total = sizes.reduce((a, b) => a + b, 0);
  const data = new Uint8Array(total);
  let start = 0;
  for (const [i, group] of groups.entries()) {
    const room = data.subarray(start, start + sizes[i]);
    const read = (fresh: boolean) =>
      readGroup(files, group, room, { start, total, fresh }, options);
    // A cache on the way may hold half a file: once more, past it.
    if (!(await read(false)) && !(await read(true))) throw wrongSize(files.label, group, sizes[i]);
    start += sizes[i];
  }
  return data.buffer;
}

interface Place {
  /** First byte of the group among the `total` of all weights. */
  readonly start: number;
  readonly total: number;
  readonly fresh: boolean;
}

/** Reads the files of one group into `room`; false when they do not fill it exactly. */
async function readGroup(
  files: ModelFiles,
  { paths }: ManifestGroup,
  room: Uint8Array,
  { start, total, fresh }: Place,
  { signal, onProgress }: TaskOptions,
): Promise<boolean> {
  const received = paths.map(() => 0);
  const report = (index: number, bytes: number) => {
    received[index] = bytes;
    const done = received.reduce((sum, part) => sum + part, start);
    onProgress?.({ stage: 'Loading weights', fraction: total ? Math.min(1, done / total) : 1 });
  };
  const shards = await Promise.all(
    paths.map(async (path, index) => {
      const onBytes = (bytes: number) => report(index, bytes);
      const shard = await files.read(path, { signal, fresh, onBytes });
      if (!shard) throw badFile(files.label, `its weight file ${path} is missing`, ACCEPTED);
      report(index, shard.byteLength);
      return shard;
    }),
  );
  let offset = 0;
  for (const shard of shards) {
    if (offset + shard.byteLength > room.length) return false;
    room.set(shard, offset);
    offset += shard.byteLength;
  }
  return offset === room.length;
}

function wrongSize(label: string, { paths }: ManifestGroup, bytes: number): AppError {
  return badFile(
    label,
    `its weight files ${paths.join(', ')} do not hold the ${bytes} bytes that the manifest lists`,
    'the weight files written together with this model.json',
  );
}

/** Bytes a weight takes in its file, quantised or not. */
export function storedBytes({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  const bytes = { uint8: 1, bool: 1, uint16: 2, float16: 2, float32: 4, int32: 4, complex64: 8 }[
    stored as string
  ];
  if (bytes === undefined)
    throw new AppError(
      'unsupported',
      `weights of type ${stored} cannot be read; accepted: float32, float16, int32, uint8, uint16`,
    );
  return bytes * shape.reduce((a, b) => a * b, 1);
}

async function readSidecar(files: ModelFiles, { signal }: TaskOptions): Promise<ModelSidecar> {
  const bytes = await files.read('respond-cam.json', { signal });
  if (!bytes) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ModelSidecar;
  } catch {
    throw badFile(files.label, 'the respond-cam.json beside it is not JSON', 'a JSON object');
  }
}
