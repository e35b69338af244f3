import { AppError, badFile } from '../../../core/errors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Graph } from '../../graph/types.ts';
import type { Ref } from './calls.ts';
import { Config } from './config.ts';
import { type Building, LayerUse } from './layer.ts';
import { layerRow } from './layers/table.ts';
import { kerasVersion, type LayerSpec, type ModelSpec, readTopology } from './topology.ts';
import { inKerasWords } from './operations.ts';
import { openSize } from '../open-size.ts';
import { type DataFormat, toLast, type Value } from './value.ts';
import type { KerasWeights, LayerStep } from './weights.ts';

/**
 * A Keras network as a graph. Layers are named as in Keras, `outer/inner` in a nested model, `name:1` for a second use;
 * nodes come in the order in which the graph is walked from its outputs, inputs first.
 *
 * @param topology as {@link readTopology} takes it
 * @param shapes that open sizes are taken from, the first that fits; see `ReadingWith`
 * @throws AppError 'unsupported', 'bad-file' in one sentence that begins with `label`
 */
export function kerasGraph(
  topology: unknown,
  weights: KerasWeights,
  label: string,
  shapes: Shapes = [],
): Graph {
  const model = readTopology(topology, label);
  const graph = new GraphBuilder(label, model.name);
  const version = kerasVersion(topology);
  const building: Building = {
    label,
    version,
    graph,
    weights,
    constants: new Map(),
    applications: 0,
  };
  refuseUnknown(model, label);
  refuseQuantised(model, label);
  const inputs = model.inputs.map(({ layer }) => input(building, model, layer, shapes));
  const outputs = apply(building, model, inputs, []);
  const used = new Map<string, number>();
  for (const [i, value] of outputs.entries()) {
    const { layer } = model.outputs[i];
    const times = used.get(layer) ?? 0;
    used.set(layer, times + 1);
    graph.output(times === 0 ? layer : `${layer}:${times}`, value.node);
  }
  return graph.finish();
}

type Shapes = readonly (readonly number[] | undefined)[];

const MOST_APPLICATIONS = 5000;

/** All layers that there is no row for, in one message. */
function refuseUnknown(model: ModelSpec, label: string): void {
  const unknown: string[] = [];
  const visit = (one: ModelSpec) => {
    for (const { name, className, model: inner } of one.layers.values()) {
      if (inner) visit(inner);
      else if (className !== 'InputLayer' && !layerRow(className))
        unknown.push(`${name} (${className})`);
    }
  };
  visit(model);
  if (unknown.length === 0) return;
  const code = unknown.some((one) => one.includes('(Lambda)'))
    ? ' (the code of a Lambda layer is never run)'
    : '';
  const more = unknown.length > 8 ? ` and ${unknown.length - 8} more` : '';
  throw new AppError(
    'unsupported',
    `${label}: layers ${unknown.slice(0, 8).join(', ')}${more} are not supported${code}; accepted: convolutions, pooling, normalisation, dense and merging layers, activations, reshaping, and what does nothing outside training`,
  );
}

/** Of `model.quantize()`: whole numbers whose scales stand beside them. */
function refuseQuantised(model: ModelSpec, label: string): void {
  const quantised: string[] = [];
  const visit = (one: ModelSpec) => {
    for (const { name, config, model: inner } of one.layers.values()) {
      const { dtype } = config;
      const policy = (dtype as { class_name?: unknown } | undefined)?.class_name ?? dtype;
      if (inner) visit(inner);
      else if (/^Quantized|_from_/.test(String(policy))) quantised.push(name);
    }
  };
  visit(model);
  if (quantised.length === 0) return;
  throw new AppError(
    'unsupported',
    `${label}: a quantised network, which has no useful gradient: layers ${quantised.slice(0, 8).join(', ')}; accepted: the same network saved before model.quantize()`,
  );
}

/** Shape without the batch that an input layer declares; -1 and null where it leaves a size open. */
function input(building: Building, model: ModelSpec, name: string, shapes: Shapes): Value {
  const { label, graph } = building;
  const spec = model.layers.get(name) as LayerSpec;
  const json = spec.config;
  const shape =
    json.batch_shape ?? json.batch_input_shape ?? json.build_shape ?? withBatch(json.input_shape);
  if (!Array.isArray(shape) || shape.length < 2)
    throw badFile(label, `input ${name} has no shape`, 'networks that say what they take');
  const stated = shape.slice(1) as unknown[];
  if (!stated.every((size) => size === null || typeof size === 'number'))
    throw new Config(json, `${label}: input ${name}`).fail('batch_shape', 'whole sizes');
  const sizes = stated as (number | null)[];
  const first = sizes.length > 1 && formatOf(model) === 'channels_first';
  const open = sizes.map((size) => size ?? -1);
  const channel = first ? 0 : sizes.length - 1;
  const known = shapes.map((shape) => openSize(shape, open, channel)).find((found) => found);
  const declared = sizes.map((size, axis) => size ?? known?.[axis] ?? null);
  if (!declared.every((size) => size !== null)) {
    const words = sizes.map((size) => size ?? 'any');
    throw new AppError(
      'unsupported',
      `${label}: the network leaves its input size open, [${words}], so a volume has to be there first; accepted: a network with a fixed input size, or a volume opened before it`,
    );
  }
  const inner = first ? toLast(declared.length).map((axis) => declared[axis]) : declared;
  const layout = first ? ('channels-first' as const) : ('channels-last' as const);
  const node = graph.input(name, inner, {
    ...{ kind: 'InputLayer', shape: declared, layout },
    ...(sizes.includes(null) && { open: true }),
  });
  return { node, format: first ? 'channels_first' : 'channels_last' };
}

const withBatch = (shape: unknown) => (Array.isArray(shape) ? [null, ...shape] : undefined);

/** The format of the first layer that has one: that of the input. */
function formatOf(model: ModelSpec): DataFormat {
  for (const layer of model.layers.values()) {
    const { config, className } = layer;
    if (layer.model) return formatOf(layer.model);
    if (className !== 'Flatten' && typeof config.data_format === 'string')
      return config.data_format === 'channels_first' ? 'channels_first' : 'channels_last';
  }
  return 'channels_last';
}

/** Adds the nodes of a model for the given inputs; returns its outputs. */
function apply(
  building: Building,
  model: ModelSpec,
  inputs: readonly Value[],
  path: readonly LayerStep[],
): Value[] {
  const { label, graph } = building;
  if (++building.applications > MOST_APPLICATIONS)
    throw badFile(label, 'its models are applied too often', `at most ${MOST_APPLICATIONS} times`);
  if (inputs.length !== model.inputs.length) {
    const count = `${model.inputs.length} inputs and is given ${inputs.length}`;
    throw badFile(label, `model ${model.name} has ${count}`, 'as many');
  }
  const values = new Map<string, readonly Value[]>();
  for (const [i, ref] of model.inputs.entries()) values.set(keyOf(ref), [inputs[i]]);
  const outputOf = ({ layer, call, tensor }: Ref, user: string): Value => {
    const made = values.get(keyOf({ layer, call })) as readonly Value[];
    if (tensor < made.length) return made[tensor];
    const { className } = model.layers.get(layer) as LayerSpec;
    throw new AppError(
      'unsupported',
      `${label}: ${user} takes output ${tensor} of layer ${layer} (${className}), which has ${made.length} here, counted from 0; accepted: outputs of ${className} as Keras makes them`,
    );
  };
  for (const ref of order(model, values, label)) {
    const spec = model.layers.get(ref.layer) as LayerSpec;
    const own = [...path, { name: spec.name, className: spec.className, ordinal: spec.ordinal }];
    const name = own.map((step) => step.name).join('/');
    const call = spec.calls[ref.call];
    const operands = call.operands.map((operand, i): Value => {
      if ('layer' in operand) return outputOf(operand, `layer ${name}`);
      const numbers = () => Float32Array.of(operand.value);
      const value = graph.constant(`${name}/operand ${i}`, [1], numbers, false);
      const node = graph.add(
        'constant',
        {},
        { value },
        {
          ...{ name: graph.unique(`${name} (operand ${i})`), inputs: [], partOf: name },
          declared: { kind: 'Constant' },
        },
      );
      return { node, format: 'channels_last' };
    });
    if (spec.model) {
      values.set(keyOf(ref), apply(building, spec.model, operands, own));
      continue;
    }
    const row = layerRow(spec.className);
    if (!row || operands.length === 0)
      throw badFile(
        label,
        `layer ${name} (${spec.className}) takes nothing`,
        'a connected network',
      );
    const config = inKerasWords({ ...spec.config, ...call.settings });
    const use = new LayerUse(building, { ...spec, config }, own, graph.unique(name));
    values.set(keyOf(ref), use.finish(row(use, operands), operands));
  }
  return model.outputs.map((ref) => outputOf(ref, `model ${model.name}`));
}

const keyOf = ({ layer, call }: Pick<Ref, 'layer' | 'call'>) => `${call}\n${layer}`;

/**
 * The uses of layers that the outputs need, each behind those it takes, walked from the outputs without recursion:
 * networks are thousands of layers deep.
 */
function order(
  model: ModelSpec,
  known: ReadonlyMap<string, unknown>,
  label: string,
): Pick<Ref, 'layer' | 'call'>[] {
  const found: Pick<Ref, 'layer' | 'call'>[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: { ref: Ref; next: number }[] = [...model.outputs]
    .reverse()
    .map((ref) => ({ ref, next: 0 }));
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const key = keyOf(top.ref);
    if (known.has(key) || state.get(key) === 'done') {
      stack.pop();
      continue;
    }
    state.set(key, 'open');
    const refs = (model.layers.get(top.ref.layer) as LayerSpec).calls[
      top.ref.call
    ].operands.flatMap((operand) => ('layer' in operand ? [operand] : []));
    if (top.next === refs.length) {
      state.set(key, 'done');
      found.push(top.ref);
      stack.pop();
      continue;
    }
    const ref = refs[top.next++];
    if (known.has(keyOf(ref))) continue;
    if (state.get(keyOf(ref)) === 'open') {
      throw badFile(
        label,
        `layers ${ref.layer} and ${top.ref.layer} take each other's output`,
        'networks without a cycle',
      );
    }
    if (state.get(keyOf(ref)) !== 'done') stack.push({ ref, next: 0 });
  }
  return found;
}
