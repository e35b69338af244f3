import { AppError, badFile } from '../../../core/errors.ts';
import { type Call, readCall, readOperand, type Ref } from './calls.ts';
import { isObject, type Json, shown } from './config.ts';
import { inTodaysWords, isOfTheano } from './keras1.ts';
import { isOperation, operationOf } from './operations.ts';

export interface LayerSpec {
  readonly name: string;
  readonly className: string;
  readonly config: Json;
  readonly calls: readonly Call[];
  /** For a model used as a layer. */
  readonly model: ModelSpec | null;
  /** Which one of the layers of its class in its model this is, from 0 on: `.keras` files count so. */
  readonly ordinal: number;
}

export interface ModelSpec {
  readonly name: string;
  readonly layers: ReadonlyMap<string, LayerSpec>;
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Ref[];
}

const MODELS: ReadonlySet<string> = new Set(['Sequential', 'Model', 'Functional']);
const ACCEPTED = 'a network description as Keras or TensorFlow.js write it';
const DEEPEST = 32;
const MOST_LAYERS = 10_000;

/**
 * Reads the topology that Keras 1 to 3 and TensorFlow.js write, `{ class_name, config }` or the object around it with a
 * `model_config`, and checks it: every layer has a name of its own and takes what is there. Nothing is built.
 *
 * @throws AppError `bad-file` in one sentence that names the layer
 */
export function readTopology(topology: unknown, label: string): ModelSpec {
  const outer = isObject(topology) ? (topology.model_config ?? topology) : topology;
  return readModel(outer, label, 0, 'model');
}

/** `keras_version` of the file, e.g. `3.8.0`; empty where it does not say. */
export function kerasVersion(topology: unknown): string {
  const version = isObject(topology) ? topology.keras_version : undefined;
  return typeof version === 'string' ? version : '';
}

function fault(label: string, what: string): AppError {
  return badFile(label, what, ACCEPTED);
}

function readModel(json: unknown, label: string, depth: number, fallback: string): ModelSpec {
  if (depth > DEEPEST) throw fault(label, `models are nested more than ${DEEPEST} deep`);
  if (!isObject(json) || typeof json.class_name !== 'string')
    throw fault(label, 'its topology names no model class');
  if (!MODELS.has(json.class_name)) {
    throw new AppError(
      'unsupported',
      `${label}: the network is a ${json.class_name}; accepted: Sequential and functional models`,
    );
  }
  // Keras 1 and 2.0 write a Sequential's layers without anything around them.
  const config: unknown = Array.isArray(json.config) ? { layers: json.config } : json.config;
  if (!isObject(config) || !Array.isArray(config.layers) || config.layers.length === 0)
    throw fault(label, 'its topology lists no layers');
  if (config.layers.length > MOST_LAYERS) {
    throw new AppError(
      'unsupported',
      `${label}: the network has ${config.layers.length} layers; accepted: at most ${MOST_LAYERS}`,
    );
  }
  const name = typeof config.name === 'string' ? config.name : fallback;
  const read: Reading = { label, depth, ordinals: new Map() };
  return json.class_name === 'Sequential'
    ? sequential(name, config.layers, read)
    : functional(name, config, config.layers, read);
}

const NOTHING: Call = { operands: [], settings: {} };

interface Reading {
  readonly label: string;
  readonly depth: number;
  readonly ordinals: Map<string, number>;
}

function readLayer(json: unknown, index: number, read: Reading): Omit<LayerSpec, 'calls'> {
  const { label, depth, ordinals } = read;
  if (!isObject(json) || typeof json.class_name !== 'string')
    throw fault(label, `layer ${index + 1} has no class (${shown(json)})`);
  const inner: unknown = json.config ?? {};
  const given = isObject(inner) ? inner : {};
  const { className, config } = operationOf(json, given) ?? inTodaysWords(json.class_name, given);
  const name = json.name ?? config.name ?? `${className.toLowerCase()}_${index + 1}`;
  if (typeof name !== 'string' || name === '')
    throw fault(label, `layer ${index + 1} has the name ${shown(name)}`);
  if (isOfTheano(given)) {
    throw new AppError(
      'unsupported',
      `${label}: layer ${name} (${className}) of Keras 1 has its channels first (dim_ordering "th"), and the file does not say whether Theano wrote its kernels, mirrored; accepted: the same network with dim_ordering "tf", or saved again by Keras 2 or 3`,
    );
  }
  const ordinal = ordinals.get(className) ?? 0;
  ordinals.set(className, ordinal + 1);
  const model = MODELS.has(className) ? readModel(json, label, depth + 1, name) : null;
  const build = isObject(json.build_config) ? { build_shape: json.build_config.input_shape } : {};
  return { name, className, config: { ...build, ...config }, model, ordinal };
}

function collect(layers: readonly LayerSpec[], label: string): ReadonlyMap<string, LayerSpec> {
  const byName = new Map<string, LayerSpec>();
  for (const layer of layers) {
    if (byName.has(layer.name)) throw fault(label, `two layers are called ${layer.name}`);
    byName.set(layer.name, layer);
  }
  return byName;
}

function sequential(name: string, list: readonly unknown[], read: Reading): ModelSpec {
  const layers: LayerSpec[] = [];
  for (const [index, json] of list.entries()) {
    const layer = readLayer(json, index, read);
    if (layers.length === 0 && layer.className !== 'InputLayer') {
      layers.push({
        name: `${layer.name}_input`,
        className: 'InputLayer',
        config: inputConfig(layer),
        calls: [NOTHING],
        model: null,
        ordinal: 0,
      });
    }
    const before = layers[layers.length - 1];
    const operands = before ? [{ layer: before.name, call: 0, tensor: 0 }] : [];
    layers.push({ ...layer, calls: [{ operands, settings: {} }] });
  }
  const first = { layer: layers[0].name, call: 0, tensor: 0 };
  const last = { layer: layers[layers.length - 1].name, call: 0, tensor: 0 };
  return { name, layers: collect(layers, read.label), inputs: [first], outputs: [last] };
}

/** What the first layer of a Sequential says of its input; a model's first layer may say it. */
function inputConfig({ config, model }: Omit<LayerSpec, 'calls'>): Json {
  if (!model) return config;
  const [{ layer }] = model.inputs;
  return model.layers.get(layer)?.config ?? {};
}

function functional(
  name: string,
  config: Json,
  list: readonly unknown[],
  read: Reading,
): ModelSpec {
  const { label } = read;
  const layers = list.map((json, index): LayerSpec => {
    const layer = readLayer(json, index, read);
    const nodes = isObject(json) ? (json.inbound_nodes ?? []) : [];
    if (!Array.isArray(nodes)) throw fault(label, `layer ${layer.name} lists no inbound nodes`);
    // Keras 2 gives an input layer no inbound node and Keras 3 an empty one.
    if (layer.className === 'InputLayer') return { ...layer, calls: [NOTHING] };
    const free = isOperation(layer.className);
    return { ...layer, calls: nodes.map((node) => readCall(node, layer.name, label, free)) };
  });
  const byName = collect(layers, label);
  const inputs = readRefs(config.input_layers, 'input_layers', label);
  const outputs = readRefs(config.output_layers, 'output_layers', label);
  const model = { name, layers: byName, inputs, outputs };
  const check = (ref: Ref, user: string) => checkRef(model, ref, user, label);
  for (const ref of [...inputs, ...outputs]) check(ref, 'the network');
  for (const layer of layers) {
    for (const operand of layer.calls.flatMap(({ operands }) => operands))
      if ('layer' in operand) check(operand, `layer ${layer.name}`);
  }
  return model;
}

function checkRef(
  { layers }: ModelSpec,
  { layer, call, tensor }: Ref,
  user: string,
  label: string,
) {
  const found = layers.get(layer);
  if (!found) throw fault(label, `${user} takes the output of layer ${layer}, which there is not`);
  const known =
    Number.isInteger(call) && call >= 0 && call < found.calls.length && Number.isInteger(tensor);
  if (!known || tensor < 0) {
    throw fault(
      label,
      `${user} takes output ${tensor} of use ${call} of layer ${layer}, which has ${found.calls.length} uses`,
    );
  }
}

/** A list of references, one alone, or (Keras 3) an object of them. */
function readRefs(json: unknown, key: string, label: string): Ref[] {
  const list = isObject(json) ? Object.values(json) : json;
  const refs = Array.isArray(list) && typeof list[0] === 'string' ? [list] : list;
  if (!Array.isArray(refs) || refs.length === 0) throw fault(label, `its topology has no ${key}`);
  return refs.map((entry) => {
    const ref = readOperand(entry);
    if (!ref || !('layer' in ref)) throw fault(label, `its ${key} are ${shown(json)}`);
    return ref;
  });
}
