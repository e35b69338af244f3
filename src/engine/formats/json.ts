import { badFile } from '../../core/errors.ts';
import { parseJson } from '../../core/schema/index.ts';
import { fingerprint, tfjsArtifacts } from '../model/artifacts.ts';
import { MAX_MODEL_BYTES } from '../model/manifest.ts';
import { sha256 } from '../checksum.ts';
import type { Reader, Reading, ReadNetwork } from './format.ts';
import { stemOf } from './beside.ts';
import { easymodeFacts } from './keras/easymode.ts';
import { kerasApartGraph, kerasH5Graph, kerasJsonGraph } from './keras/files.ts';
import { looksLikeHdf5 } from './keras/hdf5-signature.ts';
import { readSafetensors } from './safetensors.ts';
import { allOf } from '../model/stored.ts';
import { joinedFingerprint, storedWeights, WeightsApart } from './weights-apart.ts';
import { Settings } from './settings.ts';
import { tfGraph } from './tfjs/graph-model.ts';
import { tfjsGraph } from './tfjs/import.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const ACCEPTED =
  'a model.json of a TensorFlow.js layers or graph model, or a Keras architecture (model.to_json()) with its weights';

/** `model.json` of TensorFlow.js, or what Keras' `to_json()` gives. */
export const readJsonNetwork: Reader = async (reading) => {
  const { file, files } = reading;
  const bytes = allOf(file);
  const accepted = { file: files.label, accepted: ACCEPTED, maxBytes: MAX_MODEL_BYTES };
  const document = parseJson(bytes, accepted);
  if (isEasymodeFile(document)) return easymodeWeights(reading, document);
  if (isArchitecture(document)) return architecture(reading, bytes);
  return isGraphModel(document)
    ? graphModel(reading, bytes, document)
    : layersModel(reading, bytes);
};

const isArchitecture = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  'class_name' in value &&
  !('modelTopology' in value);

/** What easymode writes beside its weights. */
const isEasymodeFile = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'arch' in value && 'apix' in value;

async function easymodeWeights(
  { files, options: { signal }, inputShape }: Reading,
  document: object,
): Promise<ReadNetwork> {
  const { label, weights } = files;
  const bytes = await weights?.read({ signal });
  if (!weights || !bytes)
    throw badFile(label, 'it belongs to a network of easymode', 'the same with its .h5 weights');
  const graph = kerasH5Graph(bytes, { file: weights.label, inputShape });
  return {
    graph,
    origin: 'easymode weights',
    ...easymodeFacts(new Settings(document), graph, stemOf(files)),
    fingerprint: await sha256(bytes),
  };
}

const isGraphModel = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'graph-model';

async function graphModel(
  { files, options, inputShape }: Reading,
  bytes: Bytes,
  document: object,
): Promise<ReadNetwork> {
  const artifacts = await tfjsArtifacts(bytes, files, options, true);
  return {
    graph: tfGraph(artifacts, new Settings(document), inputShape),
    origin: 'TensorFlow.js graph model',
    notes: [],
    fingerprint: await fingerprint(artifacts),
  };
}

async function layersModel(
  { files, options, inputShape }: Reading,
  bytes: Bytes,
): Promise<ReadNetwork> {
  const artifacts = await tfjsArtifacts(bytes, files, options);
  return {
    graph: tfjsGraph(artifacts, inputShape),
    origin: 'TensorFlow.js layers model',
    notes: [],
    fingerprint: await fingerprint(artifacts),
  };
}

async function architecture(
  { file, files, options: { signal }, inputShape }: Reading,
  bytes: Bytes,
): Promise<ReadNetwork> {
  const { label, weights } = files;
  const stored = weights && (await storedWeights(weights, signal));
  if (!weights || !stored) {
    throw badFile(
      weights?.label ?? label,
      weights ? 'not found' : 'a Keras architecture without its weights',
      'the architecture together with its .h5 or .safetensors weights (--weights on the command line)',
    );
  }
  const json = new TextDecoder().decode(bytes);
  // Behind its length, the header of safetensors is an object.
  const head = stored.part(0, 9);
  if (head[8] === 0x7b && !looksLikeHdf5(head)) {
    const replace = new WeightsApart(weights.label, stored, readSafetensors(stored, weights.label));
    const graph = kerasApartGraph(json, weights.label, { file: label, inputShape, replace });
    const fingerprint = await joinedFingerprint(file, replace);
    return { graph, origin: 'Keras architecture and weights', notes: replace.notes(), fingerprint };
  }
  const data = allOf(stored);
  const graph = kerasJsonGraph(json, data, {
    file: label,
    weightsFile: weights.label,
    inputShape,
  });
  const hashes = await Promise.all([sha256(bytes), sha256(data)]);
  return {
    graph,
    origin: 'Keras architecture and weights',
    notes: [],
    fingerprint: hashes.includes(null)
      ? null
      : await sha256(new TextEncoder().encode(hashes.join())),
  };
}
