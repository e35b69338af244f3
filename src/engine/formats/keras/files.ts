import { badFile } from '../../../core/errors.ts';
import type { Sizes } from '../../graph/operators.ts';
import type { Graph } from '../../graph/types.ts';
import { readKerasArchive } from './archive.ts';
import { kerasGraph } from './build.ts';
import { easymodeGraph, isEasymode } from './easymode.ts';
import { readHdf5, textOf } from './hdf5.ts';
import { hdf5Weights } from './hdf5-weights.ts';

const ACCEPTED_H5 = 'a whole network saved with model.save("name.h5")';
const ACCEPTED_JSON = 'the file as Keras wrote it';
const ACCEPTED_WEIGHTS = 'weights saved with save_weights from this network';

/**
 * A whole network as Keras 1 to 3 write it into one HDF5 file, or the weights of a network that is known by their names.
 * @param space sizes of the input where the file leaves them open, channels not among them
 */
export function kerasH5Graph(bytes: Uint8Array, file: string, space?: Sizes): Graph {
  const tree = readHdf5(bytes, file, ACCEPTED_H5);
  const root = tree.attributes.get('') ?? {};
  const config = textOf(root.model_config);
  const weights = hdf5Weights(tree);
  if (config === undefined && isEasymode(tree)) return easymodeGraph(tree, file, space);
  if (config === undefined) {
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
  return kerasGraph(topology, weights, file, space);
}

/** A network as Keras 3 saves it, a zip archive. */
export function kerasArchiveGraph(bytes: Uint8Array, file: string, space?: Sizes): Graph {
  const { config, weights, version } = readKerasArchive(bytes, file);
  return kerasJsonGraph(config, weights, file, version, space);
}

/** An architecture (`model.to_json()`) and the HDF5 file of its weights. */
export function kerasJsonGraph(
  json: string,
  weights: Uint8Array,
  file: string,
  version = '',
  space?: Sizes,
): Graph {
  const found = hdf5Weights(readHdf5(weights, file, ACCEPTED_WEIGHTS));
  if (!found) throw badFile(file, 'it holds no weights of layers', ACCEPTED_WEIGHTS);
  const topology = { keras_version: version, ...object(parse(json, file)) };
  return kerasGraph(topology, found, file, space);
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
