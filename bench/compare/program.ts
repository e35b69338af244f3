import { scoreGraph } from '../../src/engine/graph/scores.ts';
import type { Graph, Node, Shape } from '../../src/engine/graph/types.ts';
import { tf } from '../../src/engine/tf.ts';

/** Where a weight lies: `offset` in floats in the blob. */
export interface Weight {
  readonly offset: number;
  readonly shape: readonly number[];
}

/**
 * One operation, channels first. `pads` are voxels before z, y, x, then after them; attributes and weights
 * are named as `engine_torch.py` and `onnx.ts` read them.
 */
export interface Operation {
  readonly op:
    | 'input'
    | 'conv'
    | 'convTranspose'
    | 'batchNorm'
    | 'maxPool'
    | 'avgPool'
    | 'average'
    | 'relu'
    | 'add'
    | 'concat'
    | 'flatten'
    | 'dense';
  readonly inputs: readonly number[];
  readonly attributes: Readonly<Record<string, readonly number[]>>;
  readonly weights: Readonly<Record<string, Weight>>;
}

/** A network in the terms that ONNX and PyTorch share. */
export interface Program {
  /** `[c, z, y, x]` or `[n]`. */
  readonly inputShape: readonly number[];
  readonly outputs: number;
  readonly operations: readonly Operation[];
  /** Operation that gives a layer's output, for every layer with spatial axes. */
  readonly layers: Readonly<Record<string, number>>;
}

/** Channels last to channels first: `[z, y, x, c]` to `[c, z, y, x]`. */
const channelFirst = (shape: readonly number[]) =>
  shape.length === 4 ? [shape[3], ...shape.slice(0, 3)] : [...shape];

/** Translates a network; throws for an operator that no network of the bench has. */
export function toProgram(network: Graph): { program: Program; blob: Float32Array } {
  const { nodes, constants } = scoreGraph(network);
  const operations: Operation[] = [];
  const layers: Record<string, number> = {};
  const resultOf: number[] = [];
  const chunks: Float32Array[] = [];
  let floats = 0;

  const store = (data: Float32Array, shape: readonly number[]): Weight => {
    const weight = { offset: floats, shape };
    chunks.push(data);
    floats += data.length;
    return weight;
  };
  const push = (
    op: Operation['op'],
    inputs: readonly number[],
    attributes: Operation['attributes'] = {},
    weights: Operation['weights'] = {},
  ) => operations.push({ op, inputs, attributes, weights }) - 1;

  const vector = (id: number) => store(constants[id].values(), constants[id].shape);
  const constant = (channels: number, value: number) =>
    store(new Float32Array(channels).fill(value), [channels]);
  /** `[…window, in, out]` to `[out, in, …window]`. */
  const filterOf = (id: number) => {
    const { shape, values } = constants[id];
    const order = [4, 3, 0, 1, 2];
    const data = transpose(values(), shape, order);
    return store(
      data,
      order.map((axis) => shape[axis]),
    );
  };
  const biasOf = (id: number | undefined): Operation['weights'] =>
    id === undefined ? {} : { bias: vector(id) };
  const padsOf = (pads: readonly (readonly [number, number])[]) => [
    ...pads.map(([before]) => before),
    ...pads.map(([, after]) => after),
  ];

  const translate = (node: Node): number => {
    const inputs = node.inputs.map((i) => resultOf[i]);
    switch (node.op) {
      case 'input':
        return push('input', []);
      case 'conv': {
        const { strides, pads } = node.attributes;
        const weights = { filter: filterOf(node.weights.kernel), ...biasOf(node.weights.bias) };
        return push('conv', inputs, { strides, pads: padsOf(pads) }, weights);
      }
      case 'convTranspose': {
        const { strides } = node.attributes;
        const weights = { filter: filterOf(node.weights.kernel), ...biasOf(node.weights.bias) };
        return push('convTranspose', inputs, { strides }, weights);
      }
      case 'scaleShift': {
        const { scale, shift } = node.weights;
        if (scale === undefined || shift === undefined) break;
        const channels = node.shape[node.shape.length - 1];
        const statistics = { mean: constant(channels, 0), variance: constant(channels, 1) };
        const weights = { gamma: vector(scale), beta: vector(shift), ...statistics };
        return push('batchNorm', inputs, { epsilon: [0] }, weights);
      }
      case 'maxPool':
      case 'averagePool': {
        const { window, strides, pads } = node.attributes;
        const op = node.op === 'maxPool' ? 'maxPool' : 'avgPool';
        return push(op, inputs, { size: window, strides, pads: padsOf(pads) });
      }
      case 'reduce':
        return push('average', inputs);
      case 'activation':
        if (node.attributes.kind === 'relu') return push('relu', inputs);
        break;
      case 'arithmetic':
        if (node.attributes.kind === 'add') return push('add', inputs);
        break;
      case 'concat':
        return push('concat', inputs);
      case 'reshape':
        return push('flatten', inputs);
      case 'dense': {
        const before = nodes[node.inputs[0]];
        const spatial = before.op === 'reshape' ? nodes[before.inputs[0]].shape : undefined;
        const { shape, values } = constants[node.weights.kernel];
        const filter = store(denseRows(values(), shape, spatial), [...shape].reverse());
        return push('dense', inputs, {}, { filter, ...biasOf(node.weights.bias) });
      }
    }
    throw new Error(`${node.name}: no translation for ${node.op}`);
  };

  for (const [i, node] of nodes.entries()) {
    resultOf[i] = translate(node);
    if (node.shape.length === 4 && node.partOf === null) layers[node.name] = resultOf[i];
  }
  const blob = new Float32Array(floats);
  let at = 0;
  for (const chunk of chunks) {
    blob.set(chunk, at);
    at += chunk.length;
  }
  const inputShape = channelFirst(nodes[0].shape);
  const [outputs] = nodes[nodes.length - 1].shape;
  return { program: { inputShape, outputs, operations, layers }, blob };
}

function transpose(values: Float32Array, shape: Shape, order: number[]): Float32Array {
  // tidy would look for tensors among the millions of numbers if it returned them.
  const moved = tf.tidy(() => tf.transpose(tf.tensor(values, [...shape]), order));
  const result = (moved.dataSync() as Float32Array).slice();
  moved.dispose();
  return result;
}

/** `[in, out]` to `[out, in]`, where `in` counts the channels of a flattened `[z, y, x, c]` first. */
function denseRows(
  values: Float32Array,
  [rows, columns]: Shape,
  spatial: Shape | undefined,
): Float32Array {
  const channels = spatial?.[3] ?? 1;
  return transpose(values, [rows / channels, channels, columns], [2, 1, 0]);
}
