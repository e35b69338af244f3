import { tf } from '../../src/engine/tf.ts';
import type { tfl } from './layers.ts';
import { buildGraph, type Step } from './steps.ts';

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

/** A layers model in the terms that ONNX and PyTorch share. */
export interface Program {
  /** `[c, z, y, x]` or `[n]`. */
  readonly inputShape: readonly number[];
  readonly outputs: number;
  readonly operations: readonly Operation[];
  /** Operation that gives a layer's output, for every layer with spatial axes. */
  readonly layers: Readonly<Record<string, number>>;
}

interface Fields {
  readonly strides: number[];
  readonly padding: string;
  readonly poolSize: number[];
  readonly kernelSize: number[];
  readonly epsilon: number;
  readonly activation: { getClassName(): string } | null;
}

/** Channels last to channels first: `[z, y, x, c]` to `[c, z, y, x]`. */
const channelFirst = (shape: readonly number[]) =>
  shape.length === 4 ? [shape[3], ...shape.slice(0, 3)] : [...shape];

/** Translates `model`; throws for a layer that no network of the bench has. */
export function toProgram(model: tfl.LayersModel): { program: Program; blob: Float32Array } {
  const { steps } = buildGraph(model, model.name);
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

  const translate = (step: Step): number => {
    const kind = step.layer.getClassName();
    const fields = step.layer as unknown as Fields;
    const inputs = step.inputs.map((i) => resultOf[i]);
    const shapes = step.inputs.map((i) => steps[i].shape);
    const weights = step.layer.getWeights();
    const moved = (i: number, order: number[]) => {
      const shape = order.map((axis) => weights[i].shape[axis]);
      return store(transpose(weights[i], order), shape);
    };
    const vector = (i: number) => store(weights[i].dataSync() as Float32Array, weights[i].shape);
    const activated = (result: number) =>
      fields.activation?.getClassName() === 'relu' ? push('relu', [result]) : result;
    switch (kind) {
      case 'InputLayer':
        return push('input', []);
      case 'Conv3D': {
        const pads = padding(shapes[0], fields.kernelSize, fields.strides, fields.padding);
        const bias: Operation['weights'] = weights.length > 1 ? { bias: vector(1) } : {};
        const filter = moved(0, [4, 3, 0, 1, 2]);
        const attributes = { strides: fields.strides, pads };
        return activated(push('conv', inputs, attributes, { filter, ...bias }));
      }
      case 'Conv3DTranspose': {
        const filter = moved(0, [4, 3, 0, 1, 2]);
        const attributes = { strides: fields.strides };
        return activated(push('convTranspose', inputs, attributes, { filter, bias: vector(1) }));
      }
      case 'BatchNormalization': {
        const [gamma, beta, mean, variance] = [0, 1, 2, 3].map(vector);
        const attributes = { epsilon: [fields.epsilon] };
        return push('batchNorm', inputs, attributes, { gamma, beta, mean, variance });
      }
      case 'MaxPooling3D':
      case 'AveragePooling3D': {
        const { poolSize, strides } = fields;
        const pads = padding(shapes[0], poolSize, strides, fields.padding);
        const op = kind === 'MaxPooling3D' ? 'maxPool' : 'avgPool';
        return push(op, inputs, { size: poolSize, strides, pads });
      }
      case 'GlobalAveragePooling3D':
        return push('average', inputs);
      case 'Activation':
        return activated(inputs[0]);
      case 'Add':
        return push('add', inputs);
      case 'Concatenate':
        return push('concat', inputs);
      case 'Flatten':
        return push('flatten', inputs);
      case 'Dense': {
        const flattened = steps[step.inputs[0]];
        const from = steps[flattened.inputs[0] ?? 0];
        const spatial = flattened.layer.getClassName() === 'Flatten' ? from.shape : undefined;
        const filter = store(denseRows(weights[0], spatial), [...weights[0].shape].reverse());
        const bias: Operation['weights'] = weights.length > 1 ? { bias: vector(1) } : {};
        return activated(push('dense', inputs, {}, { filter, ...bias }));
      }
      default:
        throw new Error(`${step.name}: no translation for ${kind}`);
    }
  };

  for (const [i, step] of steps.entries()) {
    resultOf[i] = translate(step);
    if (step.shape.length === 4) layers[step.name] = resultOf[i];
  }
  const blob = new Float32Array(floats);
  let at = 0;
  for (const chunk of chunks) {
    blob.set(chunk, at);
    at += chunk.length;
  }
  const inputShape = channelFirst(steps[0].shape);
  return { program: { inputShape, outputs: steps.at(-1)!.shape[0], operations, layers }, blob };
}

/** Keras' padding as `[before z, y, x, after z, y, x]`. */
function padding(
  [...shape]: readonly number[],
  size: readonly number[],
  strides: readonly number[],
  mode: string,
): number[] {
  if (mode === 'valid') return [0, 0, 0, 0, 0, 0];
  const totals = size.map((k, i) =>
    Math.max((Math.ceil(shape[i] / strides[i]) - 1) * strides[i] + k - shape[i], 0),
  );
  return [...totals.map((total) => total >> 1), ...totals.map((total) => (total + 1) >> 1)];
}

function transpose(weight: tf.Tensor, order: number[]): Float32Array {
  const moved = tf.transpose(weight, order);
  const data = moved.dataSync() as Float32Array;
  moved.dispose();
  return data;
}

/** `[in, out]` to `[out, in]`, where `in` counts the channels of a flattened `[z, y, x, c]` first. */
function denseRows(weight: tf.Tensor, spatial: readonly number[] | undefined): Float32Array {
  const [rows, columns] = weight.shape;
  const channels = spatial?.[3] ?? 1;
  const ordered = tf.reshape(weight, [rows / channels, channels, columns]);
  const data = transpose(ordered, [2, 1, 0]);
  ordered.dispose();
  return data;
}
