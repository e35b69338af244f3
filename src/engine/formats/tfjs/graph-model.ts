import { TensorProto_DataType as Type } from 'onnx-buf';
import { AppError, badFile } from '../../../core/errors.ts';
import type { ModelArtifacts } from '../../model/artifacts.ts';
import { ACCEPTED, storedBytes } from '../../model/manifest.ts';
import type { Graph } from '../../graph/types.ts';
import { importOnnx } from '../onnx/import.ts';
import type { OnnxInput } from '../onnx/model.ts';
import type { Settings } from '../settings.ts';
import { GraphNodes } from './graph-nodes.ts';
import { TF_ROWS, TfContext, type TfNode } from './graph-ops.ts';
import { decodeWeight } from './weights.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The network of a TensorFlow.js graph model: a frozen TensorFlow graph, its operators rewritten as ONNX's with their
 * channels first, which the ONNX importer turns back without cost.
 * @throws AppError `bad-file`, `unsupported` with all operators that cannot be taken over
 */
export function tfGraph(
  { topology, weightSpecs, weightData, label }: ModelArtifacts,
  document: Settings,
  inputShape?: readonly number[],
): Graph {
  const given = isObject(topology) ? topology.node : undefined;
  if (!Array.isArray(given) || given.length === 0)
    throw badFile(label, 'its topology lists no nodes', ACCEPTED);
  const nodes = behindIdentities(given.map((json) => nodeOf(json, label)));
  const out = new GraphNodes();
  const constants = new Map<string, readonly number[]>();
  let offset = 0;
  for (const spec of weightSpecs) {
    const bytes = new Uint8Array(weightData, offset, storedBytes(spec));
    offset += bytes.byteLength;
    const numbers = decodeWeight(spec, bytes);
    const real = spec.dtype === 'float32';
    if (numbers.length <= 64) constants.set(spec.name, [...numbers]);
    const stored = real ? numbers : BigInt64Array.from(numbers, (n) => BigInt(Math.trunc(n)));
    out.constant(spec.name, spec.shape, real ? Type.FLOAT : Type.INT64, stored);
  }
  const inputs: OnnxInput[] = [];
  const unknown: string[] = [];
  for (const given of ordered(nodes)) {
    const node = { ...given, inputs: given.inputs.map((name) => out.placeOf(name)) };
    if (node.op === 'Const') {
      if (!out.initializers.has(node.name))
        throw badFile(label, `its constant ${node.name} is not among the weights`, ACCEPTED);
    } else if (node.op === 'Placeholder')
      inputs.push({ name: node.name, dims: shapeOf(node.attr.shape) });
    else if (node.op !== 'NoOp') {
      const row = Object.hasOwn(TF_ROWS, node.op) ? TF_ROWS[node.op] : undefined;
      if (row) row(new TfContext(out, node, constants, label));
      else unknown.push(`${node.op} (${node.name})`);
    }
  }
  if (unknown.length > 0) {
    const more = unknown.length > 12 ? ` and ${unknown.length - 12} more` : '';
    throw new AppError(
      'unsupported',
      `${label}: not supported: ${unknown.slice(0, 12).join(', ')}${more}; accepted: frozen graphs of convolutions, pooling, normalisation, activations, linear layers and operators on shapes`,
    );
  }
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const ends = nodes.filter(({ name, op }) => !read.has(name) && op !== 'NoOp' && op !== 'Const');
  const outputs = outputsOf(document);
  const named = outputs.length > 0 ? outputs : ends.map(({ name }) => name);
  const places = named.map((name) => out.placeOf(name));
  const model = { producer: 'graph model', opset: 18, nodes: out.nodes, inputs, outputs: places };
  return importOnnx(
    { ...model, initializers: out.initializers },
    { file: label, external: () => undefined, inputShape },
  );
}

/** Each node behind those it reads, as far as there is such an order. */
function ordered(nodes: readonly TfNode[]): readonly TfNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const done = new Set<string>();
  const order: TfNode[] = [];
  const stack: { node: TfNode; next: number }[] = [];
  for (const start of nodes) {
    if (!done.has(start.name)) stack.push({ node: start, next: 0 });
    done.add(start.name);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const input = byName.get(top.node.inputs[top.next++]);
      if (top.next > top.node.inputs.length) order.push((stack.pop() as typeof top).node);
      else if (input && !done.has(input.name)) {
        done.add(input.name);
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** Inputs that read a variable through identities read it itself, so that its shape is seen. */
function behindIdentities(nodes: readonly TfNode[]): readonly TfNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const variable = (name: string): string => {
    let at = byName.get(name);
    for (let left = nodes.length; at?.op === 'Identity' && left > 0; left--)
      at = byName.get(at.inputs[0]);
    return at?.op === 'Const' ? at.name : name;
  };
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map(variable) }));
}

function nodeOf(json: unknown, label: string): TfNode {
  if (!isObject(json) || typeof json.name !== 'string' || typeof json.op !== 'string')
    throw badFile(label, 'a node of its topology has no name or operator', ACCEPTED);
  const { name, op, input = [], attr = {} } = json;
  if (!Array.isArray(input) || !input.every((one) => typeof one === 'string') || !isObject(attr))
    throw badFile(label, `node ${name} of its topology is damaged`, ACCEPTED);
  const inputs = input.filter((one) => !one.startsWith('^')).map(tensorName);
  return { name, op, inputs, attr };
}

/** What the signature names as outputs, in its order. */
function outputsOf(document: Settings): readonly string[] {
  const places = [document.at('signature'), document.at('userDefinedMetadata', 'signature')];
  const found = places.map((one) => one.at('outputs').entries()).find((list) => list.length > 0);
  return (found ?? []).flatMap(([, output]) => tensorName(output.at('name').text() ?? '') || []);
}

/** `name:0` is `name`. */
const tensorName = (name: string) => name.replace(/:0$/, '');

/** Of a placeholder; open sizes are -1. */
function shapeOf(attribute: unknown): number[] | undefined {
  const shape = isObject(attribute) ? attribute.shape : undefined;
  if (!isObject(shape) || shape.unknownRank === true || !Array.isArray(shape.dim)) return undefined;
  return shape.dim.map((dim) => {
    const size = isObject(dim) ? Number(dim.size ?? -1) : -1;
    return Number.isInteger(size) && size > 0 ? size : -1;
  });
}
