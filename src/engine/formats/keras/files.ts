import { badFile } from '../../../core/errors.ts';
import type { Graph } from '../../graph/types.ts';
import { readKerasArchive } from './archive.ts';
import { kerasGraph } from './build.ts';
import { spaceOf } from '../open-size.ts';
import { easymodeGraph, isEasymode } from './easymode.ts';
import { readHdf5, textOf } from './hdf5.ts';
import { hdf5Weights } from './hdf5-weights.ts';
import type { KerasWeights } from './weights.ts';
import type { Stored } from '../../model/stored.ts';
import type { WeightsApart } from '../weights-apart.ts';

/** A file and what it is read with. */
export interface KerasFile {
  /** What messages call it. */
  readonly file: string;
  /** See `ReadingWith`. */
  readonly inputShape?: readonly number[];
  /** Its tool's own sizes, for what the file leaves open and `inputShape` does not fit. */
  readonly usualShapes?: readonly (readonly number[])[];
  /** Weights that take the place of the file's own. */
  readonly replace?: WeightsApart;
}

const ACCEPTED_H5 = 'a whole network saved with model.save("name.h5")';
const ACCEPTED_JSON = 'the file as Keras wrote it';
const ACCEPTED_WEIGHTS = 'weights saved with save_weights from this network';

const EXPORT = 'tf2onnx.convert.from_keras(model, output_path="network.onnx")';

/** Weights of the field's tools whose networks are not built here, by groups that they have. */
const TOOLS: readonly { readonly has: readonly string[]; readonly what: string }[] = [
  {
    has: ['conv_1', 'norm_1', 'conv_2', 'norm_2'],
    what: 'weights of a particle picker of crYOLO, which looks at pictures of 2D micrographs, without its architecture',
  },
  {
    has: ['encoder', 'dense', 'dense_1', 'dense_2'],
    what: 'weights of easymode’s filter of tilts, which compares two projections, without its architecture',
  },
  {
    has: ['mu', 'logvar'],
    what: 'weights of easymode’s encoder of volumes, without its architecture',
  },
];

/** A whole network as Keras 1 to 3 write it into one HDF5 file. */
export function kerasH5Graph(bytes: Uint8Array, given: KerasFile): Graph {
  const { file } = given;
  const tree = readHdf5(bytes, file, ACCEPTED_H5);
  const root = tree.attributes.get('') ?? {};
  const config = textOf(root.model_config);
  const weights = hdf5Weights(tree);
  if (config === undefined && isEasymode(tree))
    return easymodeGraph(tree, file, spaceOf(given.inputShape, 3));
  if (config === undefined) {
    const tool = TOOLS.find(({ has }) => has.every((group) => tree.attributes.has(group)));
    if (tool) throw badFile(file, tool.what, `${ACCEPTED_H5}, or exported to ONNX: ${EXPORT}`);
    throw badFile(
      file,
      weights
        ? 'it holds weights without the architecture of their network'
        : 'an HDF5 file without a Keras network in it',
      weights
        ? `${ACCEPTED_H5}, or the architecture (model.to_json()) together with these weights`
        : ACCEPTED_H5,
    );
  }
  if (!weights) throw badFile(file, 'it holds no weights', ACCEPTED_H5);
  const topology = { ...object(parse(config, file)), keras_version: textOf(root.keras_version) };
  return graphOf(topology, weights, given);
}

/** A network as Keras 3 saves it, a zip archive. */
export function kerasArchiveGraph(archive: Stored, given: KerasFile): Graph {
  const { config, weights, version } = readKerasArchive(archive, given.file);
  return kerasJsonGraph(config, weights, { ...given, weightsFile: given.file, version });
}

/** An architecture (`model.to_json()`) and the HDF5 file of its weights. */
export function kerasJsonGraph(
  json: string,
  weights: Uint8Array,
  given: KerasFile & { readonly weightsFile: string; readonly version?: string },
): Graph {
  const { file, weightsFile, version = '' } = given;
  const found = hdf5Weights(readHdf5(weights, weightsFile, ACCEPTED_WEIGHTS));
  if (!found) throw badFile(weightsFile, 'it holds no weights of layers', ACCEPTED_WEIGHTS);
  return graphOf({ keras_version: version, ...object(parse(json, file)) }, found, given);
}

/** An architecture whose weights are all in a safetensors file. */
export function kerasApartGraph(
  json: string,
  weightsFile: string,
  given: KerasFile & { readonly replace: WeightsApart },
): Graph {
  const topology = object(parse(json, given.file));
  try {
    return graphOf(topology, { find: () => undefined }, { ...given, file: weightsFile });
  } catch (error) {
    given.replace.refuseForeign();
    throw error;
  }
}

function graphOf(
  topology: object,
  weights: KerasWeights,
  { file, replace, inputShape, usualShapes = [] }: KerasFile,
): Graph {
  const used = replace ? replacedBy(replace, weights) : weights;
  return kerasGraph(topology, used, file, [inputShape, ...usualShapes]);
}

/** Weights of another file where it has them by a name that stands for the layer and its variable. */
function replacedBy(replace: WeightsApart, weights: KerasWeights): KerasWeights {
  return {
    find(path, key) {
      const own = weights.find(path, key);
      const full = path.map(({ name }) => name).join('/');
      const layer = path[path.length - 1].name;
      const names = [full, layer].flatMap((at) => [`${at}/${key.name}`, `${at}.${key.name}`]);
      const stored = own ? [own.name, own.name.replace(/:\d+$/, '')] : [];
      const found = replace.take([...stored, ...names], key.shape);
      if (!found) return own;
      const values = () => Float32Array.from(found.numbers());
      return { name: own?.name ?? names[0], shape: found.dims, values };
    },
  };
}

/** Brackets within brackets; a network has some ten. */
const DEEPEST = 500;

function parse(json: string, file: string): unknown {
  let depth = 0;
  for (const char of json.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth > DEEPEST)
      throw badFile(file, `its config.json is nested more than ${DEEPEST} deep`, ACCEPTED_JSON);
  }
  try {
    return JSON.parse(json);
  } catch {
    throw badFile(file, 'its config.json is no JSON', ACCEPTED_JSON);
  }
}

const object = (value: unknown) => (typeof value === 'object' && value !== null ? value : {});
